use proptest::prelude::*;

use crate::{AccountKind, Book, Kinded, LARGEST_AMOUNT, Problem, Transfer, TransferKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Account(AccountKind, u8);

impl Kinded for Account {
    fn kind(&self) -> AccountKind {
        self.0
    }
}

const ISSUE: Account = Account(AccountKind::Issue, 0);
const SPENT: Account = Account(AccountKind::Spent, 0);

fn allowance(person: u8) -> Account {
    Account(AccountKind::Allowance, person)
}

fn earned(person: u8) -> Account {
    Account(AccountKind::Earned, person)
}

fn hold(redemption: u8) -> Account {
    Account(AccountKind::Hold, redemption)
}

#[test]
fn what_is_no_transfer_is_refused() {
    use TransferKind::{AllowanceGrant, Fulfilment, Hold, Recognition};
    let new = |kind, postings: &[(Account, i64)]| Transfer::new(kind, postings.iter().copied()).map(|_| ());
    let cases = [
        (new(Recognition, &[]), Problem::Empty),
        (new(Recognition, &[(allowance(1), 0), (earned(2), 0)]), Problem::Amount(0)),
        (new(Recognition, &[(allowance(1), -3), (earned(2), 2)]), Problem::Unbalanced(-1)),
        (new(Recognition, &[(earned(2), 5)]), Problem::Unbalanced(5)),
        (new(Recognition, &[(allowance(1), -4), (earned(2), 2), (earned(2), 2)]), Problem::Twice),
        (new(Recognition, &[(earned(1), -2), (earned(2), 2)]), Problem::Kind(Recognition, AccountKind::Earned)),
        (new(AllowanceGrant, &[(ISSUE, -2), (earned(2), 2)]), Problem::Kind(AllowanceGrant, AccountKind::Earned)),
        (new(Hold, &[(allowance(2), -2), (hold(1), 2)]), Problem::Kind(Hold, AccountKind::Allowance)),
        (new(Fulfilment, &[(hold(1), -2), (ISSUE, 2)]), Problem::Kind(Fulfilment, AccountKind::Issue)),
        (
            new(AllowanceGrant, &[(ISSUE, -LARGEST_AMOUNT - 1), (allowance(2), LARGEST_AMOUNT + 1)]),
            Problem::Amount(-LARGEST_AMOUNT - 1),
        ),
    ];
    for (at, (outcome, problem)) in cases.into_iter().enumerate() {
        assert_eq!(outcome, Err(problem), "case {at}");
    }
    let from_one = |to: &[Account], each| Transfer::from_one(Recognition, allowance(1), to, each).map(|_| ());
    assert_eq!(from_one(&[], 5), Err(Problem::Empty));
    assert_eq!(from_one(&[earned(2)], 0), Err(Problem::Amount(0)));
    assert_eq!(from_one(&[earned(2)], -5), Err(Problem::Amount(-5)));
    assert_eq!(from_one(&[earned(2), earned(3)], i64::MAX), Err(Problem::Amount(i64::MAX)));
    assert_eq!(from_one(&[earned(2), earned(2)], 5), Err(Problem::Twice));
}

#[test]
fn a_transfer_that_overdraws_moves_nothing() {
    let mut book = Book::default();
    let grant = Transfer::from_one(TransferKind::AllowanceGrant, ISSUE, &[allowance(1)], 10).unwrap();
    book.apply(&grant).unwrap();
    let before = book.clone();
    let thanks = Transfer::from_one(TransferKind::Recognition, allowance(1), &[earned(2), earned(3)], 6).unwrap();
    let overdrawn = book.apply(&thanks).unwrap_err();
    assert_eq!((overdrawn.account, overdrawn.balance, overdrawn.wanted), (allowance(1), 10, 12));
    assert_eq!(book, before);
    assert_eq!(book.balance(ISSUE), -10, "the issue may lie below zero");
}

#[test]
fn a_reversal_restores_every_balance_and_only_some_kinds_have_one() {
    let grant = Transfer::from_one(TransferKind::AllowanceGrant, ISSUE, &[allowance(1)], 10).unwrap();
    let thanks = Transfer::from_one(TransferKind::Recognition, allowance(1), &[earned(2), earned(3)], 5).unwrap();
    let mut book = Book::replay([&grant]).unwrap();
    let before: Vec<_> = [ISSUE, allowance(1), earned(2), earned(3)].map(|account| book.balance(account)).into();
    book.apply(&thanks).unwrap();
    assert_eq!(book.balance_of(AccountKind::Earned), 10);
    book.apply(&thanks.reversal().unwrap()).unwrap();
    let after: Vec<_> = [ISSUE, allowance(1), earned(2), earned(3)].map(|account| book.balance(account)).into();
    assert_eq!(before, after);
    assert_eq!(grant.reversal(), Err(Problem::Irreversible(TransferKind::AllowanceGrant)));
    let again = thanks.reversal().unwrap();
    assert_eq!(again.reversal(), Err(Problem::Irreversible(TransferKind::Reversal)));
}

#[test]
fn names_are_read_back() {
    for kind in AccountKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
    for kind in TransferKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
    assert!("CASH".parse::<AccountKind>().is_err() && "GIFT".parse::<TransferKind>().is_err());
}

/// One thing that may happen, with arbitrary amounts.
#[derive(Debug, Clone)]
enum Wish {
    Grant(u8, i64),
    Lapse(u8),
    Thank(u8, Vec<u8>, i64),
    Adjust(u8, i64),
    Redeem(u8, u8, i64),
    Fulfil(u8),
    /// Undo the n-th transfer that can be undone.
    Undo(usize),
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let person = 0_u8..6;
    let wish = prop_oneof![
        (person.clone(), 1_i64..200).prop_map(|(to, amount)| Wish::Grant(to, amount)),
        person.clone().prop_map(Wish::Lapse),
        (person.clone(), prop::collection::btree_set(0_u8..6, 1..4), 0_i64..60)
            .prop_map(|(from, to, each)| Wish::Thank(from, to.into_iter().collect(), each)),
        (person.clone(), -100_i64..100).prop_map(|(of, amount)| Wish::Adjust(of, amount)),
        (person, 0_u8..8, 1_i64..80).prop_map(|(by, redemption, price)| Wish::Redeem(by, redemption, price)),
        (0_u8..8).prop_map(Wish::Fulfil),
        (0_usize..40).prop_map(Wish::Undo),
    ];
    prop::collection::vec(wish, 0..120)
}

fn transfer_of(wish: &Wish, book: &Book<Account>, done: &[Transfer<Account>]) -> Result<Transfer<Account>, Problem> {
    match wish {
        Wish::Grant(to, amount) => Transfer::from_one(TransferKind::AllowanceGrant, ISSUE, &[allowance(*to)], *amount),
        Wish::Lapse(of) => {
            let left = book.balance(allowance(*of));
            Transfer::from_one(TransferKind::AllowanceLapse, allowance(*of), &[ISSUE], left)
        }
        Wish::Thank(from, to, each) => {
            let to: Vec<_> = to.iter().filter(|to| *to != from).map(|to| earned(*to)).collect();
            Transfer::from_one(TransferKind::Recognition, allowance(*from), &to, *each)
        }
        Wish::Adjust(of, amount) => Transfer::new(TransferKind::Adjustment, [(ISSUE, -amount), (earned(*of), *amount)]),
        Wish::Redeem(by, redemption, price) => {
            Transfer::from_one(TransferKind::Hold, earned(*by), &[hold(*redemption)], *price)
        }
        Wish::Fulfil(redemption) => {
            let held = book.balance(hold(*redemption));
            Transfer::from_one(TransferKind::Fulfilment, hold(*redemption), &[SPENT], held)
        }
        Wish::Undo(at) => match done.get(*at) {
            Some(transfer) => transfer.reversal(),
            None => Err(Problem::Empty),
        },
    }
}

proptest! {
    /// Whatever is wished for in whatever order: what was done replays to the same balances, sums to zero, and nothing
    /// but the issue is ever below zero.
    #[test]
    fn any_history_replays_to_the_same_book(wishes in wishes()) {
        let mut book = Book::default();
        let mut done: Vec<Transfer<Account>> = Vec::new();
        for wish in &wishes {
            let Ok(transfer) = transfer_of(wish, &book, &done) else { continue };
            let before = book.clone();
            match book.apply(&transfer) {
                Ok(()) => done.push(transfer),
                Err(_) => prop_assert_eq!(&book, &before),
            }
            prop_assert_eq!(book.total(), 0);
            for (account, balance) in book.balances() {
                prop_assert!(balance >= 0 || account == ISSUE, "{:?} holds {}", account, balance);
            }
        }
        prop_assert_eq!(&Book::replay(&done).unwrap(), &book);
        prop_assert_eq!(&Book::add_up(done.iter().rev()), &book);
        let held: i64 = [AccountKind::Allowance, AccountKind::Earned, AccountKind::Hold, AccountKind::Spent]
            .map(|kind| book.balance_of(kind)).iter().sum();
        prop_assert_eq!(held, -book.balance(ISSUE), "what was issued is somewhere");
    }

    /// A transfer is its postings in any order.
    #[test]
    fn the_order_of_postings_does_not_matter(to in prop::collection::btree_set(0_u8..40, 1..12), each in 1_i64..1000) {
        let to: Vec<_> = to.into_iter().map(earned).collect();
        let backwards: Vec<_> = to.iter().rev().copied().collect();
        let one = |to: &[Account]| Transfer::from_one(TransferKind::Recognition, allowance(50), to, each).unwrap();
        prop_assert_eq!(one(&to), one(&backwards));
        prop_assert_eq!(one(&to).postings().iter().map(|posting| posting.amount).sum::<i64>(), 0);
    }
}
