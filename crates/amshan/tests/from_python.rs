//! The page for those who come from Python: its keys are fields of the same names.

use std::path::Path;

use amshan::Field;

#[test]
fn every_key_of_the_page_is_a_field() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/from-python.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut keys = 0;
    for line in page.lines().filter(|line| line.starts_with("| `FIELD_") && !line.contains('…')) {
        let mut cells = line.split('`').skip(1).step_by(2);
        let (Some(_), Some(key), Some(field)) = (cells.next(), cells.next(), cells.next()) else {
            panic!("{line}")
        };
        assert_eq!(field, format!("Field::{}", key.to_uppercase()));
        assert_eq!(Field::named(key).unwrap().to_string(), key);
        keys += 1;
    }
    assert_eq!(keys, 37);
}
