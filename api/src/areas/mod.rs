//! The areas of the product: vertical slices with the same file names in each.
