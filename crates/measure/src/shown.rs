//! Rounding for display: what the API hands out, so that every client shows the same digits.
//!
//! Per cents get one decimal and means two; halves go away from zero. More digits would be false precision, and exact
//! fractions would let a reader work back to the counts. Rounded shares of one distribution may miss 100 % by a few
//! tenths: they are not forced to add up, for that would change a number to please its neighbours.

/// A share (0 to 1, or a difference of shares) in per cent with one decimal: .574912… → 57.5.
pub fn percent(share: f64) -> f64 {
    rounded(share * 100.0, 10.0)
}

/// A mean, in points, with two decimals: 3.375 → 3.38.
pub fn mean(mean: f64) -> f64 {
    rounded(mean, 100.0)
}

/// A score that is in hundredths already (eNPS), with one decimal: −24.6612 → −24.7.
pub fn score(score: f64) -> f64 {
    rounded(score, 10.0)
}

fn rounded(value: f64, parts: f64) -> f64 {
    // Adding zero turns -0 into 0, which would be shown as "-0".
    (value * parts).round() / parts + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_numbers() {
        for (share, shown) in
            [(0.0, 0.0), (1.0, 100.0), (0.574_912, 57.5), (0.8125, 81.3), (-0.0625, -6.3), (2.0 / 3.0, 66.7)]
        {
            assert_eq!(percent(share), shown);
        }
        assert_eq!(mean(3.375), 3.38);
        assert_eq!(mean(3.374), 3.37);
        assert_eq!(score(-24.661_2), -24.7);
        assert!(percent(-0.000_1).is_sign_positive());
    }
}
