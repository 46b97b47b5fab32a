//! Two-sided quantiles of the normal and Student's t distribution, each in a bounded number of steps.
//!
//! Written here because the t quantile of statrs 0.19.1 is wrong for a million degrees of freedom (below the normal
//! one) and does not return for 4.7 · 10¹⁰. Both functions want a level between .5 and .9999, which
//! [`crate::Confidence`] guarantees.

use std::f64::consts::FRAC_PI_2;

/// Up to here the t distribution is summed exactly; beyond, the expansion around the normal one is exact to 1e-8 (to 1e-11 at 95 %).
const SUMMED_DEGREES: u64 = 200;
/// Halving π/2 this often leaves less than the precision of the number itself.
const HALVINGS: u32 = 64;

/// z with P(|Z| ≤ z) = level, Z standard normal: Wichura's algorithm AS 241 (PPND16, 1988), exact to about 1e-16.
///
/// Its third branch, for tails below e⁻²⁵, is left out: no level leads there.
pub(crate) fn normal(level: f64) -> f64 {
    let q = level / 2.0;
    if q <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(r, &CENTRE_ABOVE) / polynomial(r, &CENTRE_BELOW);
    }
    let r = (-(0.5 - q).ln()).sqrt() - 1.6;
    polynomial(r, &TAIL_ABOVE) / polynomial(r, &TAIL_BELOW)
}

/// t with P(|T| ≤ t) = level for ν ≥ 1 degrees of freedom.
///
/// Small ν: bisection on θ = atan(t/√ν) in the finite sums of Abramowitz & Stegun 26.7.3–4. Large ν: the expansion
/// around the normal quantile, A&S 26.7.5.
pub(crate) fn student(level: f64, degrees_of_freedom: u64) -> f64 {
    let v = degrees_of_freedom as f64;
    if degrees_of_freedom > SUMMED_DEGREES {
        let z = normal(level);
        let s = z * z;
        let terms = [
            0.0,
            (79.0 * s.powi(4) + 776.0 * s.powi(3) + 1_482.0 * s * s - 1_920.0 * s - 945.0) / 92_160.0,
            (3.0 * s.powi(3) + 19.0 * s * s + 17.0 * s - 15.0) / 384.0,
            (5.0 * s * s + 16.0 * s + 3.0) / 96.0,
            (s + 1.0) / 4.0,
            1.0,
        ];
        return z * terms.iter().fold(0.0, |sum, term| sum / v + term);
    }
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if within(middle, degrees_of_freedom) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.tan() * v.sqrt()
}

/// P(|T| ≤ √ν·tan θ) for ν degrees of freedom.
fn within(theta: f64, degrees_of_freedom: u64) -> f64 {
    let (sine, cosine) = theta.sin_cos();
    let odd = degrees_of_freedom % 2 == 1;
    // Odd ν: cos θ + 2/3 cos³ θ + 2·4/(3·5) cos⁵ θ …; even ν: 1 + 1/2 cos² θ + 1·3/(2·4) cos⁴ θ …
    let (mut term, mut factor) = if odd { (cosine, 2.0) } else { (1.0, 1.0) };
    let mut sum = 0.0;
    for _ in 0..degrees_of_freedom / 2 {
        sum += term;
        term *= cosine * cosine * factor / (factor + 1.0);
        factor += 2.0;
    }
    if odd { (theta + sine * sum) / FRAC_PI_2 } else { sine * sum }
}

/// Horner's scheme, the highest coefficient first.
fn polynomial(x: f64, coefficients: &[f64; 8]) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

const CENTRE_ABOVE: [f64; 8] = [
    2_509.080_928_730_122_7,
    33_430.575_583_588_13,
    67_265.770_927_008_7,
    45_921.953_931_549_87,
    13_731.693_765_509_46,
    1_971.590_950_306_551_3,
    133.141_667_891_784_38,
    3.387_132_872_796_366_5,
];
const CENTRE_BELOW: [f64; 8] = [
    5_226.495_278_852_854,
    28_729.085_735_721_943,
    39_307.895_800_092_71,
    21_213.794_301_586_597,
    5_394.196_021_424_751,
    687.187_007_492_057_9,
    42.313_330_701_600_91,
    1.0,
];
const TAIL_ABOVE: [f64; 8] = [
    7.745_450_142_783_414e-4,
    0.022_723_844_989_269_184,
    0.241_780_725_177_450_6,
    1.270_458_252_452_368_4,
    3.647_848_324_763_204_5,
    5.769_497_221_460_691,
    4.630_337_846_156_546,
    1.423_437_110_749_683_5,
];
const TAIL_BELOW: [f64; 8] = [
    1.050_750_071_644_416_9e-9,
    5.475_938_084_995_345e-4,
    0.015_198_666_563_616_457,
    0.148_103_976_427_480_08,
    0.689_767_334_985_1,
    1.676_384_830_183_803_8,
    2.053_191_626_637_759,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_agree_with_the_reference() {
        for (level, z) in [
            (0.5, 0.674_489_750_196_081_7),
            (0.6, 0.841_621_233_572_914_4),
            (0.84, 1.405_071_560_309_632),
            (0.86, 1.475_791_028_179_166_9),
            (0.9, 1.644_853_626_951_471_5),
            (0.95, 1.959_963_984_540_053_6),
            (0.99, 2.575_829_303_548_9),
            (0.9999, 3.890_591_886_413_12),
        ] {
            assert!((normal(level) - z).abs() < 1e-11, "{level}: {}", normal(level));
        }
    }

    #[test]
    fn student_quantiles_agree_with_published_tables() {
        for (level, degrees, t) in [
            (0.95, 1, 12.706_204_736_174_7),
            (0.95, 2, 4.302_652_729_749_46),
            (0.95, 4, 2.776_445_105_197_79),
            (0.95, 9, 2.262_157_162_798_2),
            (0.95, 30, 2.042_272_456_301_24),
            (0.95, 120, 1.979_930_405_082_42),
            (0.99, 9, 3.249_835_541_592_13),
        ] {
            let found = student(level, degrees);
            assert!((found - t).abs() < 1e-9, "{level}, {degrees}: {found}");
        }
    }

    #[test]
    fn sums_and_expansion_meet() {
        // One more degree changes t by less than 1e-4 here, and always downwards, towards the normal quantile.
        for level in [0.5, 0.9, 0.95, 0.99, 0.9999] {
            let around: Vec<f64> = (196..=206).map(|degrees| student(level, degrees)).collect();
            let steps: Vec<f64> = around.windows(2).map(|pair| pair[0] - pair[1]).collect();
            for pair in steps.windows(2) {
                assert!(pair[1] > 0.0 && (pair[0] - pair[1]).abs() < 0.02 * pair[1], "{level}: {steps:?}");
            }
            for degrees in [1_000_000, 47_000_000_000, u64::MAX] {
                let above = student(level, degrees) - normal(level);
                assert!((0.0..2e-5).contains(&above), "{level}, {degrees}: {above}");
            }
        }
    }
}
