//! Figures of one measure, exact however large: a sum may be greater than the integers of a database.

use super::Summary;

/// A sum is read in two parts, the multiples of this and the rest, neither of which can be too large for the database.
pub(super) const HALF: i64 = 1 << 32;

/// What is known of one measure of some files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    /// How many files; at least one.
    pub(super) count: u64,
    pub(super) min: i64,
    pub(super) max: i64,
    /// The sum of their multiples of [`HALF`], and of what is left of each.
    pub(super) high: i64,
    pub(super) low: i64,
}

impl Figures {
    /// One of them, in decimal digits.
    pub(super) fn tell(&self, how: Summary) -> String {
        match how {
            Summary::Min => self.min.to_string(),
            Summary::Max => self.max.to_string(),
            Summary::Sum => self.sum().to_string(),
            Summary::Avg => self.mean(),
        }
    }

    fn sum(&self) -> i128 {
        i128::from(self.high) * i128::from(HALF) + i128::from(self.low)
    }

    fn mean(&self) -> String {
        let count = i128::from(self.count.max(1));
        // Halves are rounded up: no measure is negative.
        let scaled = (self.sum() * 20_000 + count) / (2 * count);
        let text = format!("{}.{:04}", scaled / 10_000, scaled % 10_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[i64]) -> Figures {
        Figures {
            count: numbers.len() as u64,
            min: *numbers.iter().min().unwrap(),
            max: *numbers.iter().max().unwrap(),
            high: numbers.iter().map(|number| number / HALF).sum(),
            low: numbers.iter().map(|number| number % HALF).sum(),
        }
    }

    #[test]
    fn a_mean_has_four_decimals_at_the_most_and_no_zeros_at_its_end() {
        for (numbers, mean) in [
            (&[7][..], "7"),
            (&[0], "0"),
            (&[1, 2], "1.5"),
            (&[1, 1, 2], "1.3333"),
            (&[1, 2, 2], "1.6667"),
            (&[10, 20, 30, 40], "25"),
            (&[0, 0, 0, 0, 0, 0, 0, 1], "0.125"),
            (&[100, 100], "100"),
        ] {
            assert_eq!(of(numbers).tell(Summary::Avg), mean);
        }
        let mut many = vec![0; 20_000];
        many[7] = 1;
        assert_eq!(of(&many).tell(Summary::Avg), "0.0001", "a half is rounded up");
        many.push(0);
        assert_eq!(of(&many).tell(Summary::Avg), "0");
    }

    #[test]
    fn sums_go_beyond_the_integers_of_a_database() {
        let figures = of(&[i64::MAX, i64::MAX, i64::MAX]);
        assert_eq!(figures.tell(Summary::Sum), "27670116110564327421");
        assert_eq!(figures.tell(Summary::Avg), "9223372036854775807");
        assert_eq!(figures.tell(Summary::Max), "9223372036854775807");
        assert_eq!(of(&[HALF - 1, 1, 5]).tell(Summary::Sum), (HALF + 5).to_string());
        assert_eq!(of(&[3, 9]).tell(Summary::Min), "3");
    }
}
