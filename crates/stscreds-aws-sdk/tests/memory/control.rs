//! That the search finds what is there: without this, nothing found would prove nothing.

use stscreds_core::SecretString;

use crate::planted::Planted;

#[test]
fn a_text_that_exists_is_found_as_often_as_it_exists() {
    let planted = Planted::new(200);
    assert_eq!(planted.copies(), 0);

    let one = planted.text();
    assert_eq!(planted.copies(), 1);

    let _other = one.clone();
    assert_eq!(planted.copies(), 2);
}

#[test]
fn a_text_that_was_dropped_and_not_wiped_is_found() {
    let planted = Planted::new(200);

    drop(planted.text());

    assert_eq!(planted.copies(), 1);
}

#[test]
fn a_text_that_was_moved_while_it_grew_is_found_twice() {
    let planted = Planted::new(200);

    let mut grown = planted.text();
    // Something behind it, so that it cannot grow in place.
    let _neighbour = Box::new([0_u8; 200]);
    grown.push_str(&"x".repeat(100_000));

    assert_eq!(planted.copies(), 2);
}

#[test]
fn a_secret_that_was_dropped_is_gone() {
    let planted = Planted::new(200);
    let secret = SecretString::from(planted.text());
    let other = secret.clone();
    assert_eq!(planted.copies(), 2);

    drop((secret, other));

    assert_eq!(planted.copies(), 0);
}
