use super::*;
use std::error::Error;

fn mode_of(url: &str) -> SslMode {
    Address::parse(url).unwrap().config.get_ssl_mode()
}

#[test]
fn other_hosts_are_reached_safely_unless_the_address_says_otherwise() {
    for here in [
        "postgres://me@localhost/hub",
        "postgres://me@127.0.0.9:6432/hub",
        "postgresql://me@[::1]/hub",
        "postgres:///hub?host=/run/postgresql",
        "postgres://%2Frun%2Fpostgresql/hub",
    ] {
        assert_eq!(mode_of(here), SslMode::Disable, "{here}");
        let join = if here.contains('?') { '&' } else { '?' };
        assert_eq!(
            mode_of(&format!("{here}{join}sslmode=require")),
            SslMode::Require
        );
    }
    for there in [
        "postgres://me@db.example.org/hub",
        "postgres://me@10.0.0.5/hub",
        "postgres://me@localhost.example.org/hub",
        "postgres://me@localhost,db.example.org/hub",
        "postgres://me@localhost/hub?hostaddr=10.0.0.5",
    ] {
        assert_eq!(mode_of(there), SslMode::Require, "{there}");
    }
    let word = |word: &str| mode_of(&format!("postgres://me@db.example.org/hub?sslmode={word}"));
    assert_eq!(word("disable"), SslMode::Disable);
    assert_eq!(word("prefer"), SslMode::Prefer);
    assert_eq!(word("verify-ca"), SslMode::Require);
    assert_eq!(word("verify-full"), SslMode::Require);
}

#[test]
fn what_the_address_leaves_out_is_set() {
    let address = Address::parse("postgres://me@localhost/hub").unwrap();
    assert_eq!(address.place, "me@localhost:5432/hub");
    assert_eq!(address.config.get_application_name(), Some("onward"));
    assert_eq!(address.patience(), CONNECT);
    let address =
        Address::parse("postgres://me:pw@a:1,b:2/hub?connect_timeout=3&application_name=mine")
            .unwrap();
    assert_eq!(address.place, "me@a:1,b:2/hub");
    assert_eq!(address.config.get_application_name(), Some("mine"));
    assert_eq!(
        address.patience(),
        Duration::from_secs(6),
        "3 seconds for each host"
    );
    let rooted = "postgres://db.example.org/hub?sslrootcert=%2Fetc%2Fca+1.pem&sslmode=require";
    let address = Address::parse(rooted).unwrap();
    assert_eq!(address.authorities.as_deref().unwrap(), "/etc/ca+1.pem");
}

#[test]
fn a_password_is_never_shown() {
    for url in [
        // Not encoded, so that a part of it would be a host, a port, a database, a parameter.
        "postgres://me:can@ary@host/hub",
        "postgres://me:can#ary@host/hub",
        "postgres://me:can/ary@host/hub",
        "postgres://me:1/canary@host/hub",
        "postgres://me:1?canary@host/hub",
        "postgres://me:1?canary=2@host/hub",
        "postgres://host/hub?password=a&canary",
        "postgres://host/hub?password=a&canary=1",
        "postgres://me:canary@host:port/hub",
        "postgres://me:canary@host/hub?sslmode=canary",
        "postgres://me:canary@host/hub?connect_timeout=canary",
        "postgres://me:canary@host/hub?port=canary",
        "me:canary@host/hub",
        "postgres://me:canary@",
        "postgres:///hub?password=canary",
        "",
    ] {
        let error = match Address::parse(url) {
            Ok(address) => panic!("{url}: {address:?}"),
            Err(error) => error,
        };
        let said = format!("{error} {error:?} {:?} {}", error.source(), error.hint());
        assert!(
            !said.contains("canary") && !said.contains("ary@"),
            "{url}: {said}"
        );
        assert!(
            matches!(error, PostgresError::Address { .. }),
            "{url}: {said}"
        );
    }
    let fine = Address::parse("postgres://me:can%40ary@host/hub?password=canary").unwrap();
    assert!(!format!("{fine:?}{}", fine.place).contains("ary"));
}
