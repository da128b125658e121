use super::*;

/// A second version, for the mechanism only.
const SECOND: &str = "ALTER TABLE cards ADD COLUMN colour TEXT;";

fn with_steps(steps: &[&'static str]) -> Format {
    let steps = steps.to_vec().leak();
    Format { steps, ..BOARD }
}

fn of_version_1() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    BOARD.create(&mut connection).unwrap();
    connection
        .execute("INSERT INTO projects VALUES (1, 'Demo')", [])
        .unwrap();
    connection
}

fn here() -> &'static Utf8Path {
    Utf8Path::new("/b")
}

fn count(connection: &Connection, query: &str) -> i64 {
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

const COLOURS: &str = "SELECT count(*) FROM pragma_table_info('cards') WHERE name = 'colour'";

#[test]
fn an_older_file_is_upgraded_with_what_is_in_it() {
    let mut connection = of_version_1();
    let format = with_steps(&[BOARD.steps[0], SECOND]);
    format.upgrade(&mut connection, here()).unwrap();
    assert_eq!(format.version(&connection, here()).unwrap(), 2);
    assert_eq!(count(&connection, COLOURS), 1);
    assert_eq!(
        count(
            &connection,
            "SELECT count(*) FROM projects WHERE name = 'Demo'"
        ),
        1
    );
    format
        .upgrade(&mut connection, here())
        .expect("once more takes no step");
}

#[test]
fn a_step_that_fails_leaves_the_file_as_it_was() {
    let mut connection = of_version_1();
    let format = with_steps(&[BOARD.steps[0], SECOND, "CREATE TABLE cards (id);"]);
    let failed = format.upgrade(&mut connection, here());
    assert!(matches!(failed, Err(Error::Sqlite { .. })), "{failed:?}");
    assert_eq!(BOARD.version(&connection, here()).unwrap(), 1);
    assert_eq!(
        count(&connection, COLOURS),
        0,
        "the step before it is undone too"
    );
}

#[test]
fn a_newer_file_is_refused() {
    let mut connection = of_version_1();
    connection.pragma_update(None, "user_version", 7).unwrap();
    let refused = BOARD.upgrade(&mut connection, here()).unwrap_err();
    assert!(
        matches!(
            refused,
            Error::Newer {
                found: 7,
                known: 1,
                ..
            }
        ),
        "{refused}"
    );
    assert!(BOARD.check(&connection, here()).is_err());
}

#[test]
fn another_application_is_refused() {
    let connection = Connection::open_in_memory().unwrap();
    let refused = BOARD.check(&connection, here()).unwrap_err();
    assert!(
        matches!(refused, Error::OtherApplication { application: 0, .. }),
        "{refused}"
    );
    connection
        .pragma_update(None, "application_id", BOARD.application)
        .unwrap();
    assert!(BOARD.check(&connection, here()).is_err(), "no version");
    connection.pragma_update(None, "user_version", -1).unwrap();
    assert!(
        BOARD.check(&connection, here()).is_err(),
        "nobody's version"
    );
}

#[test]
fn a_board_is_no_hub() {
    let refused = HUB.check(&of_version_1(), here()).unwrap_err();
    assert!(
        matches!(refused, Error::OtherApplication { .. }),
        "{refused}"
    );
}
