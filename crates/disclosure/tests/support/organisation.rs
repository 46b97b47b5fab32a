//! Random organisations: a team tree and attributes, with the candidates in the product's priority order.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// A generated organisation.
#[derive(Debug)]
pub struct Organisation {
    pub n: usize,
    /// Candidates: tree top-down, company × value, division × value, and where asked team × value.
    pub candidates: Vec<Vec<u32>>,
    /// How many of them are the tree's.
    pub tree: usize,
}

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub respondents: usize,
    pub divisions: usize,
    pub teams: usize,
    pub attributes: usize,
    pub values: u32,
    pub team_attributes: bool,
}

pub fn generate(seed: u64, shape: Shape) -> Organisation {
    let mut rng = StdRng::seed_from_u64(seed);
    let (n, teams) = (shape.respondents, shape.teams.max(1));
    let divisions = shape.divisions.clamp(1, teams);
    let departments = teams.div_ceil(8).max(divisions);
    let team_of: Vec<usize> = (0..n).map(|_| rng.random_range(0..teams)).collect();
    let department_of = |team: usize| team * departments / teams;
    let division_of = |team: usize| department_of(team) * divisions / departments;
    let everybody: Vec<u32> = (0..n as u32).collect();
    let mut candidates = vec![everybody];
    let group = |count: usize, key: &dyn Fn(usize) -> usize| {
        let mut groups = vec![Vec::new(); count];
        (0..n).for_each(|x| groups[key(x)].push(x as u32));
        groups
    };
    let by_division = group(divisions, &|x| division_of(team_of[x]));
    // Some people sit directly in a department or division, as leads and staff do.
    let placed: Vec<usize> = (0..n).map(|_| rng.random_range(0..12)).collect();
    let mut by_department = group(departments, &|x| department_of(team_of[x]));
    by_department.iter_mut().for_each(|members| members.retain(|&x| placed[x as usize] > 0));
    let mut by_team = group(teams, &|x| team_of[x]);
    by_team.iter_mut().for_each(|members| members.retain(|&x| placed[x as usize] > 1));
    candidates.extend(by_division.iter().cloned());
    candidates.extend(by_department);
    candidates.extend(by_team.iter().cloned());
    let tree = candidates.len();
    let values: Vec<Vec<u32>> = (0..shape.attributes)
        .map(|_| (0..n).map(|_| rng.random_range(0..shape.values).min(rng.random_range(0..shape.values))).collect())
        .collect();
    let mut cross = |groups: &[Vec<u32>]| {
        for members in groups {
            for attribute in &values {
                for value in 0..shape.values {
                    candidates.push(members.iter().copied().filter(|&x| attribute[x as usize] == value).collect());
                }
            }
        }
    };
    cross(&[(0..n as u32).collect()]);
    cross(&by_division);
    if shape.team_attributes {
        cross(&by_team);
    }
    Organisation { n, candidates, tree }
}
