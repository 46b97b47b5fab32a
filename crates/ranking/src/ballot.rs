//! One person's ranking, and the codes by which rankings are counted.

/// The most options a contest has: the codes of [`Contest::codes`] are small, and nobody ranks more with care.
pub const MOST_OPTIONS: usize = 20;

/// Why a list of options is no ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BallotError {
    /// Nothing was ranked.
    #[error("rank at least one option")]
    Empty,
    /// The option at this place is not one of the contest.
    #[error("place {0} names no option")]
    Unknown(usize),
    /// The option at this place was ranked above already.
    #[error("place {0} repeats an option")]
    Repeated(usize),
}

/// Some of a contest's options, the most important first. Those left out share the last place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// The place of each option; those left out stand at the number of places given.
    places: Vec<u8>,
    ranked: u8,
}

/// What a ballot says of two options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preference {
    /// The first of the pair stands higher.
    First,
    /// The second of the pair stands higher.
    Second,
    /// Neither was ranked.
    Neither,
}

impl Preference {
    /// The code by which it is counted, as [`Contest::codes`] writes it.
    pub const fn code(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Neither => 3,
        }
    }
}

/// Two options, the one with the smaller index first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The smaller index.
    pub first: usize,
    /// The larger index.
    pub second: usize,
}

/// What is ranked: a number of options, named by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contest {
    options: usize,
}

impl Contest {
    /// A contest of 2 to [`MOST_OPTIONS`] options; None for any other number.
    pub fn of(options: usize) -> Option<Self> {
        (2..=MOST_OPTIONS).contains(&options).then_some(Self { options })
    }

    /// How many options there are.
    pub const fn options(self) -> usize {
        self.options
    }

    /// Reads a ranking, the most important option first.
    ///
    /// # Errors
    /// [`BallotError`] with the place, counted from 0, of the first option that is wrong there.
    pub fn ballot(self, ranking: &[usize]) -> Result<Ballot, BallotError> {
        if ranking.is_empty() {
            return Err(BallotError::Empty);
        }
        let mut places = vec![u8::MAX; self.options];
        for (place, &option) in ranking.iter().enumerate() {
            match places.get_mut(option) {
                None => return Err(BallotError::Unknown(place)),
                Some(taken) if *taken != u8::MAX => return Err(BallotError::Repeated(place)),
                Some(free) => *free = u8::try_from(place).unwrap_or(u8::MAX),
            }
        }
        let ranked = u8::try_from(ranking.len()).unwrap_or(u8::MAX);
        places.iter_mut().filter(|place| **place == u8::MAX).for_each(|place| *place = ranked);
        Ok(Ballot { places, ranked })
    }

    /// The pairs of options, in the order of [`Contest::columns`].
    pub fn pairs(self) -> impl Iterator<Item = Pair> {
        (0..self.options).flat_map(move |first| (first + 1..self.options).map(move |second| Pair { first, second }))
    }

    /// The columns a ballot is counted in, each as the number of its codes (from 1): the points of each option, then what
    /// is preferred in each pair.
    pub fn columns(self) -> Vec<u8> {
        let points = u8::try_from(2 * self.options - 1).unwrap_or(u8::MAX);
        let mut columns = vec![points; self.options];
        columns.extend(self.pairs().map(|_| 3));
        columns
    }

    /// The codes of a ballot, one for each column.
    pub fn codes(self, ballot: &Ballot) -> Vec<u8> {
        let points = (0..self.options).map(|option| self.doubled_points(ballot, option) + 1);
        points.chain(self.pairs().map(|pair| ballot.preference(pair).code())).collect()
    }

    /// Twice the Borda points a ballot gives an option: the number of options below it, and a half for each that shares
    /// its place. Twice, because halves are no integers.
    pub fn doubled_points(self, ballot: &Ballot, option: usize) -> u8 {
        let (place, last) = (ballot.places[option], u8::try_from(self.options - 1).unwrap_or(u8::MAX));
        if place < ballot.ranked { 2 * (last - place) } else { last - ballot.ranked }
    }

    /// The mean Borda points of an option, 0 to options − 1, from how many ballots had each code of its column; entry 0 is
    /// code 1. None when nobody voted.
    pub fn mean_points(self, by_code: &[u32]) -> Option<f64> {
        let ballots: u64 = by_code.iter().map(|count| u64::from(*count)).sum();
        let doubled: u64 = (0_u64..).zip(by_code).map(|(points, count)| points * u64::from(*count)).sum();
        (ballots > 0).then(|| doubled as f64 / (2 * ballots) as f64)
    }
}

impl Ballot {
    /// The options that were ranked, the most important first.
    pub fn ranking(&self) -> Vec<usize> {
        let mut ranked: Vec<usize> =
            (0..self.places.len()).filter(|option| self.places[*option] < self.ranked).collect();
        ranked.sort_by_key(|option| self.places[*option]);
        ranked
    }

    /// Which of two options stands higher.
    pub fn preference(&self, pair: Pair) -> Preference {
        match self.places[pair.first].cmp(&self.places[pair.second]) {
            std::cmp::Ordering::Less => Preference::First,
            std::cmp::Ordering::Greater => Preference::Second,
            std::cmp::Ordering::Equal => Preference::Neither,
        }
    }
}
