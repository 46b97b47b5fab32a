//! Figures of the team tree alone, where no plan is stored: which of the teams directly below one that is shown may be
//! shown themselves.
//!
//! For a tree, the certificate of the release plan comes down to this: the *residual* of each team that is shown (its
//! members that are in no shown team below it) is empty or holds at least the minimum group. Then no subtraction of shown
//! figures leaves fewer than that (`docs/ANONYMITY.md`). Deciding level by level, from the root, keeps it true.

/// Which of the teams below a shown team can be shown. `own` are the persons in the team itself, `below` the persons of
/// each team directly below with all under it. Looks at nothing but these counts.
///
/// A team below the minimum is not shown. If what remains is too few to stand alone, the smallest of the others joins it,
/// the last of equals: the order should be one that does not change.
pub fn shown_below(own: usize, below: &[usize], minimum: usize) -> Vec<bool> {
    let mut shown: Vec<bool> = below.iter().map(|size| *size >= minimum).collect();
    let rest: usize = own + below.iter().zip(&shown).filter(|(_, shown)| !**shown).map(|(size, _)| size).sum::<usize>();
    if rest > 0 && rest < minimum {
        let smallest = (0..below.len()).rev().filter(|at| shown[*at]).min_by_key(|at| below[*at]);
        if let Some(at) = smallest {
            shown[at] = false;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_remains_is_nobody_or_enough() {
        assert_eq!(shown_below(0, &[5, 6], 5), [true, true]);
        assert_eq!(shown_below(5, &[5, 6], 5), [true, true]);
        // Two of the team itself would be left: the smallest below joins them.
        assert_eq!(shown_below(2, &[7, 5, 6], 5), [true, false, true]);
        assert_eq!(shown_below(0, &[4, 5, 5], 5), [false, true, false]);
        // Four in one small team and one in the team itself are five.
        assert_eq!(shown_below(1, &[4, 5], 5), [false, true]);
        assert_eq!(shown_below(3, &[], 5), [] as [bool; 0]);
    }

    proptest! {
        #[test]
        fn no_subtraction_leaves_a_few(own in 0_usize..12, below in prop::collection::vec(0_usize..12, 0..8), minimum in 3_usize..8) {
            let all = own + below.iter().sum::<usize>();
            prop_assume!(all >= minimum);
            let shown = shown_below(own, &below, minimum);
            let sizes = || below.iter().zip(&shown).filter(|(_, shown)| **shown).map(|(size, _)| *size);
            prop_assert!(sizes().all(|size| size >= minimum));
            let rest = all - sizes().sum::<usize>();
            prop_assert!(rest == 0 || rest >= minimum, "{} remain", rest);
        }
    }
}
