//! A bipartite matching for a handful of rows: each base wants one column of its own.

/// Gives every list one of its columns so that no column is used twice; `None` where that cannot be done.
///
/// Kuhn's augmenting paths in list order, free columns first, so the result depends on the input only. Lists hold at most as many columns as
/// there are lists (a list that long can always be served last), so the work is at most k³.
pub(crate) fn match_columns(lists: &[Vec<u32>]) -> Option<Vec<u32>> {
    let mut owners: Vec<(u32, usize)> = Vec::with_capacity(lists.len());
    for list in 0..lists.len() {
        let mut seen = Vec::new();
        if !augment(lists, list, &mut owners, &mut seen) {
            return None;
        }
    }
    let mut chosen = vec![0; lists.len()];
    for (column, list) in owners {
        chosen[list] = column;
    }
    Some(chosen)
}

fn augment(lists: &[Vec<u32>], list: usize, owners: &mut Vec<(u32, usize)>, seen: &mut Vec<u32>) -> bool {
    let free = |column: &&u32| !owners.iter().any(|(owned, _)| owned == *column);
    if let Some(&column) = lists[list].iter().find(free) {
        owners.push((column, list));
        return true;
    }
    for &column in &lists[list] {
        let Some(at) = owners.iter().position(|(owned, _)| *owned == column) else { continue };
        if seen.contains(&column) {
            continue;
        }
        seen.push(column);
        let holder = owners[at].1;
        if augment(lists, holder, owners, seen) {
            // The holder has moved to another column; its old entry is the one at `at`.
            owners[at].1 = list;
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_earlier_choices_aside() {
        assert_eq!(match_columns(&[vec![1, 2], vec![1], vec![2, 3]]), Some(vec![2, 1, 3]));
        assert_eq!(match_columns(&[vec![1, 2], vec![1], vec![2]]), None);
        assert_eq!(match_columns(&[vec![]]), None);
        assert_eq!(match_columns(&[]), Some(vec![]));
    }
}
