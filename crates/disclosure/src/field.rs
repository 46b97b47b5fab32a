//! Arithmetic modulo primes of the form 2^61 − c, for exact linear algebra on 0/1 matrices.
//!
//! A determinant that is non-zero modulo any prime is non-zero over the rationals, so *independence* found here is proof.
//! *Dependence* could be an accident of one prime; callers confirm it with the second.

use std::marker::PhantomData;

/// A prime modulus 2^61 − `C`.
pub(crate) trait Prime: Copy + std::fmt::Debug {
    /// The distance to 2^61; small, so that one multiplication folds the upper half of a product down.
    const C: u64;
    /// The modulus itself.
    const P: u64 = (1 << 61) - Self::C;
}

/// 2^61 − 1, the Mersenne prime in which everything is decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct First;
impl Prime for First {
    const C: u64 = 1;
}

/// 2^61 − 31, the prime that confirms a "dependent" verdict.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second;
impl Prime for Second {
    const C: u64 = 31;
}

/// An element of the field, always fully reduced.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<M: Prime>(u64, PhantomData<M>);

impl<M: Prime> PartialEq for Element<M> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<M: Prime> Element<M> {
    pub(crate) const ZERO: Self = Self(0, PhantomData);
    pub(crate) const ONE: Self = Self(1, PhantomData);

    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        Self(if sum >= M::P { sum - M::P } else { sum }, PhantomData)
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(if self.0 >= other.0 { self.0 - other.0 } else { self.0 + M::P - other.0 }, PhantomData)
    }

    pub(crate) fn negated(self) -> Self {
        Self::ZERO.minus(self)
    }

    pub(crate) fn times(self, other: Self) -> Self {
        const LOW: u128 = (1 << 61) - 1;
        let product = u128::from(self.0) * u128::from(other.0);
        // 2^61 ≡ C: the first fold leaves less than 2^67, the second less than 2^62.
        let once = (product & LOW) + (product >> 61) * u128::from(M::C);
        let twice = ((once & LOW) as u64) + ((once >> 61) as u64) * M::C;
        Self(if twice >= M::P { twice - M::P } else { twice }, PhantomData)
    }

    /// The inverse by Fermat's little theorem; zero has none and gives zero.
    pub(crate) fn inverse(self) -> Self {
        let (mut base, mut exponent, mut result) = (self, M::P - 2, Self::ONE);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result.times(base);
            }
            base = base.times(base);
            exponent >>= 1;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<M: Prime>() {
        let values = [1, 2, 3, M::P - 1, M::P / 2, 1 << 60, 0x0123_4567_89ab_cdef];
        for a in values {
            let x = Element::<M>(a % M::P, PhantomData);
            assert_eq!(x.times(x.inverse()), Element::ONE);
            assert!(x.plus(x.negated()).is_zero());
            for b in values {
                let y = Element::<M>(b % M::P, PhantomData);
                let expected = (u128::from(x.0) * u128::from(y.0) % u128::from(M::P)) as u64;
                assert_eq!(x.times(y).0, expected);
                assert_eq!(x.minus(y).plus(y), x);
            }
        }
    }

    #[test]
    fn both_fields_agree_with_plain_division() {
        check::<First>();
        check::<Second>();
    }
}
