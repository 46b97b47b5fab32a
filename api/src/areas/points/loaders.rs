//! What many fields of one request ask of accounts, read at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_ids::{PersonId, TeamId};

use super::{
    rules::{self, Rules},
    service::{self, Purse},
};
use crate::graphql::{
    error::Exception,
    loaders::{Loaders, Rows},
};

/// A person's accounts, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PurseOf(PersonId);

/// A team's budget, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BudgetOf(TeamId);

/// The rules of the organization, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RulesOf;

impl Loaders {
    /// What a person's accounts hold.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn purse_of(&self, person: PersonId) -> Result<Purse, Exception> {
        Ok(self.load(PurseOf(person)).await?.unwrap_or_default())
    }

    /// What a team's budget holds.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn budget_of(&self, team: TeamId) -> Result<i64, Exception> {
        Ok(self.load(BudgetOf(team)).await?.unwrap_or_default())
    }

    /// The rules for points.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn point_rules(&self) -> Result<Rules, Exception> {
        Ok(self.load(RulesOf).await?.unwrap_or_default())
    }
}

impl Loader<PurseOf> for Rows {
    type Value = Purse;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[PurseOf]) -> Result<HashMap<PurseOf, Purse>, Arc<Exception>> {
        let persons: Vec<PersonId> = keys.iter().map(|key| key.0).collect();
        let purses = service::purses_of(self.db.read(), self.organization, &persons).await.map_err(Arc::new)?;
        Ok(purses.into_iter().map(|(person, purse)| (PurseOf(person), purse)).collect())
    }
}

impl Loader<BudgetOf> for Rows {
    type Value = i64;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[BudgetOf]) -> Result<HashMap<BudgetOf, i64>, Arc<Exception>> {
        let teams: Vec<TeamId> = keys.iter().map(|key| key.0).collect();
        let budgets = service::budgets_of(self.db.read(), self.organization, &teams).await.map_err(Arc::new)?;
        Ok(budgets.into_iter().map(|(team, points)| (BudgetOf(team), points)).collect())
    }
}

impl Loader<RulesOf> for Rows {
    type Value = Rules;
    type Error = Arc<Exception>;

    async fn load(&self, _: &[RulesOf]) -> Result<HashMap<RulesOf, Rules>, Arc<Exception>> {
        let rules = rules::get_in(self.db.read(), self.organization).await.map_err(Arc::new)?;
        Ok(HashMap::from([(RulesOf, rules)]))
    }
}
