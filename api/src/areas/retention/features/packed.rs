//! A row of features as it is stored: a byte for the list of features, then one number each. Compact, because there is one
//! row a person and month.

use hearten_retention::{FEATURES, Feature, FeatureRow};

use crate::graphql::error::Exception;

/// The list of features. Another list gets another number, and rows of this one are read as they were written.
const LIST: u8 = 1;

/// Packs a row.
pub fn pack(row: &FeatureRow) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + FEATURES * 4);
    bytes.push(LIST);
    row.values().iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    bytes
}

/// Reads a row.
///
/// # Errors
/// INTERNAL for what [`pack`] did not write.
pub fn unpack(bytes: &[u8]) -> Result<FeatureRow, Exception> {
    let unreadable = || Exception::internal(anyhow::anyhow!("a row of features of an unknown form"));
    let (list, rest) = bytes.split_first().ok_or_else(unreadable)?;
    if *list != LIST || rest.len() != FEATURES * 4 {
        return Err(unreadable());
    }
    let (numbers, _) = rest.as_chunks::<4>();
    let value = |feature: Feature| {
        let value = f32::from_le_bytes(numbers[feature as usize]);
        (!value.is_nan()).then(|| f64::from(value))
    };
    FeatureRow::new(value).map_err(Exception::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_back() {
        let row = FeatureRow::new(|feature| (feature != Feature::Span).then_some(feature as u8 as f64 / 20.0)).unwrap();
        let bytes = pack(&row);
        assert_eq!((bytes.len(), unpack(&bytes).unwrap()), (49, row));
        assert!(unpack(&[]).is_err() && unpack(&bytes[..48]).is_err());
        let mut other = bytes;
        other[0] = 2;
        assert!(unpack(&other).is_err());
    }

    /// Rows that were stored are read by these places: a change of the list needs another number.
    #[test]
    fn the_first_list_stays_as_it_is() {
        let names = Feature::ALL.map(Feature::name);
        assert_eq!(
            names,
            [
                "months_since_role_change",
                "months_since_manager_change",
                "team_turnover_12m",
                "span",
                "weeks_since_one_on_one",
                "overdue_requests",
                "open_goals",
                "stale_goals",
                "recognition_received_90d",
                "expectations_missed_90d",
                "expectations_open",
                "group_favourability",
            ]
        );
    }
}
