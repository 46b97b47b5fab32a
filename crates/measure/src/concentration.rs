//! How unevenly something is spread over persons: the Gini coefficient, and the share of the top.

/// The Gini coefficient of counts of one kind, one a person: 0 where all have the same, towards 1 where one has all
/// (exactly (n − 1)/n). None without persons, and where nobody has anything.
///
/// G = Σ (2i − n − 1) x_i / (n Σ x_i), the x_i ascending, i from 1.
pub fn gini(counts: &[u64]) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let n = sorted.len() as f64;
    let weighted: f64 = (1..).zip(&sorted).map(|(i, x)| (2.0 * f64::from(i) - n - 1.0) * *x as f64).sum();
    Some(weighted / (n * total as f64))
}

/// The share of all that those with the most have: the first `tenths` tenths of persons, rounded up. None as in [`gini`].
pub fn top_share(counts: &[u64], tenths: u8) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let mut sorted = counts.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let top = (sorted.len() * usize::from(tenths.min(10))).div_ceil(10);
    Some(sorted[..top].iter().sum::<u64>() as f64 / total as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_spreads() {
        assert_eq!(gini(&[]), None);
        assert_eq!(gini(&[0, 0]), None);
        assert_eq!(gini(&[3, 3, 3]), Some(0.0));
        assert_eq!(gini(&[0, 0, 0, 8]), Some(0.75));
        // 1, 2, 3, 4: (−3·1 − 1·2 + 1·3 + 3·4) / (4 · 10).
        assert_eq!(gini(&[4, 1, 3, 2]), Some(0.25));
        assert_eq!(top_share(&[0; 5], 2), None);
        assert_eq!(top_share(&[5, 1, 1, 1, 2], 2), Some(0.5));
        assert_eq!(top_share(&[5, 1, 1, 1, 2], 10), Some(1.0));
    }

    proptest! {
        #[test]
        fn both_stay_in_their_bounds(counts in prop::collection::vec(0_u64..50, 1..40), tenths in 1_u8..10) {
            if let Some(g) = gini(&counts) {
                prop_assert!((-1e-12..1.0).contains(&g));
                let top = top_share(&counts, tenths).unwrap();
                prop_assert!(top >= f64::from(tenths) / 10.0 - 1e-12 && top <= 1.0);
            }
        }
    }
}
