//! Templates: the sections an agenda begins with. Some are built in, in English and German; an organization adds its own.

use hearten_entity::{InOrganization, conversation_template};
use hearten_ids::{ConversationTemplateId, OrganizationId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    service::{unseen, wrong_state},
    store::{LONGEST_POINT, LONGEST_TITLE, MOST_SECTIONS, MOST_TEMPLATES, Section, Words},
};
use crate::{
    areas::{
        audit,
        surveys::store::{stored, to_json},
    },
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// A template as it is offered.
#[derive(Debug, Clone)]
pub struct Template {
    /// The id.
    pub id: ConversationTemplateId,
    /// What it is called.
    pub name: Words,
    /// What an agenda begins with.
    pub sections: Vec<Section>,
    /// Whether it comes with the program.
    pub built_in: bool,
    /// Whether it was taken out of use.
    pub archived: bool,
}

/// English and German.
type Pair = (&'static str, &'static str);
/// The title of a section and its talking points.
type BuiltInSection = (Pair, &'static [Pair]);

/// Name, and sections with their talking points, in English and German.
const BUILT_IN: [(Pair, &[BuiltInSection]); 4] = [
    (
        ("Regular 1:1", "Regelmäßiges 1:1"),
        &[
            (
                ("How are you?", "Wie geht es dir?"),
                &[
                    ("What went well since we last talked?", "Was lief gut, seit wir zuletzt sprachen?"),
                    ("What takes more energy than it should?", "Was kostet mehr Kraft, als es sollte?"),
                ],
            ),
            (
                ("Priorities", "Prioritäten"),
                &[
                    ("What matters most until next time?", "Was ist bis zum nächsten Mal am wichtigsten?"),
                    ("What can wait or stop?", "Was kann warten oder entfallen?"),
                ],
            ),
            (
                ("Blockers and support", "Hindernisse und Unterstützung"),
                &[("What do you need from me?", "Was brauchst du von mir?")],
            ),
            (
                ("Feedback", "Rückmeldung"),
                &[("What should I do more of, or less?", "Wovon sollte ich mehr tun, wovon weniger?")],
            ),
        ],
    ),
    (
        ("First 1:1", "Erstes 1:1"),
        &[
            (
                ("Getting to know each other", "Kennenlernen"),
                &[
                    (
                        "How do you like to work, and to be told things?",
                        "Wie arbeitest du gern, und wie erfährst du gern etwas?",
                    ),
                    ("What did good leads do for you before?", "Was haben gute Führungskräfte bisher für dich getan?"),
                ],
            ),
            (("Expectations", "Erwartungen"), &[("What do we expect of each other?", "Was erwarten wir voneinander?")]),
            (
                ("How we meet", "Wie wir uns treffen"),
                &[("How often, how long, and about what?", "Wie oft, wie lange, und worüber?")],
            ),
        ],
    ),
    (
        ("Growth", "Entwicklung"),
        &[
            (
                ("Where you are going", "Wohin es geht"),
                &[("What would you like to be able to do in a year?", "Was möchtest du in einem Jahr können?")],
            ),
            (
                ("Strengths and gaps", "Stärken und Lücken"),
                &[("Where do others ask for your help?", "Wobei fragen andere dich um Hilfe?")],
            ),
            (("Next steps", "Nächste Schritte"), &[("Which one thing do we begin with?", "Womit fangen wir an?")]),
        ],
    ),
    (
        ("Team meeting", "Teamrunde"),
        &[
            (("Good news", "Gute Nachrichten"), &[("What are we proud of?", "Worauf sind wir stolz?")]),
            (("Goals", "Ziele"), &[("Where are we off track?", "Wo sind wir vom Weg ab?")]),
            (
                ("Decisions", "Entscheidungen"),
                &[(
                    "What do we decide today, and who carries it on?",
                    "Was entscheiden wir heute, und wer trägt es weiter?",
                )],
            ),
        ],
    ),
];

/// The templates that come with the program. Their ids are small numbers, which no drawn id is.
pub fn built_in() -> Vec<Template> {
    let words = |pair: Pair| Words::pair(pair.0, pair.1);
    (1_u128..)
        .zip(BUILT_IN)
        .map(|(number, (name, sections))| Template {
            id: ConversationTemplateId(Uuid::from_u128(number)),
            name: words(name),
            sections: sections
                .iter()
                .map(|(title, points)| Section {
                    title: words(*title),
                    talking_points: points.iter().map(|point| words(*point)).collect(),
                })
                .collect(),
            built_in: true,
            archived: false,
        })
        .collect()
}

fn own(row: conversation_template::Model) -> Result<Template, Exception> {
    Ok(Template {
        id: row.id,
        name: Words::plain(row.name),
        sections: stored(row.sections)?,
        built_in: false,
        archived: row.archived_at.is_some(),
    })
}

/// The templates in use: those built in, then the organization's own by name. For every person; none for API tokens.
///
/// # Errors
/// When the database is away.
pub async fn list(ctx: &RequestContext) -> Result<Option<Vec<Template>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadConversationTemplates, Resource::Organization) {
        return Ok(None);
    }
    let rows = conversation_template::Entity::in_org(asker.organization())
        .filter(conversation_template::Column::ArchivedAt.is_null())
        .order_by_asc(conversation_template::Column::Name)
        .order_by_asc(conversation_template::Column::Id)
        .limit(MOST_TEMPLATES)
        .all(ctx.db.read())
        .await?;
    let mut all = built_in();
    for row in rows {
        all.push(own(row)?);
    }
    Ok(Some(all))
}

/// The template with this id, whether or not it is in use.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: ConversationTemplateId) -> Result<Option<Template>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadConversationTemplates, Resource::Organization) {
        return Ok(None);
    }
    if let Some(found) = built_in().into_iter().find(|template| template.id == id) {
        return Ok(Some(found));
    }
    let row = conversation_template::Entity::in_org(asker.organization())
        .filter(conversation_template::Column::Id.eq(id))
        .one(ctx.db.read())
        .await?;
    row.map(own).transpose()
}

/// The sections of a template in use.
///
/// # Errors
/// When the database is away.
pub async fn find_sections(
    ctx: &RequestContext,
    id: ConversationTemplateId,
) -> Result<Option<Vec<Section>>, Exception> {
    Ok(find(ctx, id).await?.filter(|template| !template.archived).map(|template| template.sections))
}

/// What a template is to be.
#[derive(Debug)]
pub struct NewTemplate {
    /// What it is called.
    pub name: String,
    /// Title and talking points of each section.
    pub sections: Vec<(String, Vec<String>)>,
}

fn check(new: &NewTemplate) -> Result<(String, Vec<Section>), Refusal> {
    let mut problems = Vec::new();
    let name = input::text(["name"], &new.name, LONGEST_TITLE).map_err(|problem| problems.push(problem)).ok();
    if new.sections.is_empty() || new.sections.len() > MOST_SECTIONS {
        let message = format!("1 to {MOST_SECTIONS} sections");
        problems.push(UserError::at(UserErrorCode::Invalid, ["sections"], message));
    }
    let mut sections = Vec::new();
    for (at, (title, points)) in new.sections.iter().take(MOST_SECTIONS).enumerate() {
        let at = at.to_string();
        if points.len() > MOST_SECTIONS {
            let message = format!("at most {MOST_SECTIONS} talking points");
            problems.push(UserError::at(UserErrorCode::TooLong, ["sections", &at, "talkingPoints"], message));
            continue;
        }
        let mut talking_points = Vec::new();
        for (point_at, point) in points.iter().enumerate() {
            match input::text(["sections", &at, "talkingPoints", &point_at.to_string()], point, LONGEST_POINT) {
                Ok(text) => talking_points.push(Words::plain(text)),
                Err(problem) => problems.push(problem),
            }
        }
        match input::text(["sections", &at, "title"], title, LONGEST_TITLE) {
            Ok(title) => sections.push(Section { title: Words::plain(title), talking_points }),
            Err(problem) => problems.push(problem),
        }
    }
    match name {
        Some(name) if problems.is_empty() => Ok((name, sections)),
        _ => Err(problems.into()),
    }
}

/// Makes a template.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what the input says.
pub async fn create(
    ctx: &RequestContext,
    new: NewTemplate,
    key: Option<Key>,
) -> Result<ConversationTemplateId, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageConversationTemplates, Resource::Organization)?;
    let Some(me) = asker.person() else { return Err(Exception::code(ErrorCode::Forbidden).into()) };
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let (name, sections) = check(&new)?;
    let tx = ctx.db.begin().await?;
    let used = conversation_template::Entity::in_org(asker.organization())
        .filter(conversation_template::Column::ArchivedAt.is_null());
    if used.count(&tx).await? >= MOST_TEMPLATES {
        let message = format!("at most {MOST_TEMPLATES} templates are in use; archive one first");
        return Err(UserError::whole(UserErrorCode::TooLong, message).into());
    }
    let row = conversation_template::Model {
        id: ConversationTemplateId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        name,
        sections: to_json(&sections)?,
        created_by: me,
        created_at: now,
        archived_at: None,
    };
    let id = row.id;
    conversation_template::Entity::insert(conversation_template::ActiveModel::from(row))
        .exec_without_returning(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "conversation_template.create", &id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Replaces a template. Series that began with it keep what they began with.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what the input says, for those built in, and for archived ones.
pub async fn update(ctx: &RequestContext, id: ConversationTemplateId, new: NewTemplate) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageConversationTemplates, Resource::Organization)?;
    let tx = ctx.db.begin().await?;
    held_in_tx(&tx, asker.organization(), id).await?;
    let (name, sections) = check(&new)?;
    conversation_template::Entity::update_in_org(asker.organization())
        .filter(conversation_template::Column::Id.eq(id))
        .col_expr(conversation_template::Column::Name, Expr::value(name))
        .col_expr(conversation_template::Column::Sections, Expr::value(to_json(&sections)?))
        .exec(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "conversation_template.update", &id.to_string(), None).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a template out of use.
///
/// # Errors
/// As [`update`].
pub async fn archive(ctx: &RequestContext, id: ConversationTemplateId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageConversationTemplates, Resource::Organization)?;
    let tx = ctx.db.begin().await?;
    held_in_tx(&tx, asker.organization(), id).await?;
    conversation_template::Entity::update_in_org(asker.organization())
        .filter(conversation_template::Column::Id.eq(id))
        .col_expr(conversation_template::Column::ArchivedAt, Expr::value(ctx.app.clock.now()))
        .exec(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "conversation_template.archive", &id.to_string(), None).await?;
    tx.commit().await?;
    Ok(())
}

/// Passes when the template is the organization's own and in use; nobody else changes it until the transaction ends.
async fn held_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: ConversationTemplateId,
) -> Result<(), Refusal> {
    if built_in().iter().any(|template| template.id == id) {
        return Err(wrong_state("template", "this template is built in; make one of your own"));
    }
    let row = conversation_template::Entity::in_org(organization)
        .filter(conversation_template::Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    match row {
        None => Err(unseen("template", "template")),
        Some(row) if row.archived_at.is_some() => Err(wrong_state("template", "this template was archived")),
        Some(_) => Ok(()),
    }
}
