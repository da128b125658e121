//! TLS: what is believed, and that nothing is done without it.

use super::*;

fn with_tls(test: impl AsyncFnOnce(&PostgresServer, String)) {
    // The server without TLS is asked for its password when errors are looked at.
    if let (Some(server), Some(_)) = (PostgresServer::start_with_tls(), PostgresServer::shared()) {
        let database = server.database();
        block_on(test(&server, database));
    }
}

#[test]
fn a_certificate_is_believed_if_its_authority_and_its_name_are() {
    with_tls(async |server, database| {
        let by_name = database.replace("127.0.0.1", "localhost");
        let trusted = format!("sslrootcert={}", server.authority());
        for mode in ["prefer", "require", "verify-full"] {
            let hub = open(&format!("{by_name}?sslmode={mode}&{trusted}")).await;
            let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            let ssl = hub
                .session
                .read(async |at| at.query_typed_one(query, &[]).await);
            assert!(ssl.await.unwrap().get::<_, bool>(0), "{mode}");
            for (untrusted, why) in [
                (format!("{by_name}?sslmode={mode}"), "UnknownIssuer"),
                (
                    format!("{database}?sslmode={mode}&{trusted}"),
                    "not valid for name",
                ),
            ] {
                let error = PostgresHub::open(&untrusted).await.unwrap_err();
                assert!(
                    matches!(error, PostgresError::Tls { .. }),
                    "{}",
                    said(&error)
                );
                assert!(said(&error).contains(why), "{}", said(&error));
            }
        }
        let plain = PostgresHub::open(&format!("{database}?sslmode=disable")).await;
        assert!(plain.is_ok(), "asked for by name, it is so");
    });
}

#[test]
fn a_server_without_tls_is_not_used_where_it_is_asked_for() {
    with_server(async |_, database| {
        let error = PostgresHub::open(&format!("{database}?sslmode=require"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, PostgresError::Tls { .. }),
            "{}",
            said(&error)
        );
        assert!(
            said(&error).contains("does not support TLS"),
            "{}",
            said(&error)
        );
        open(&format!("{database}?sslmode=prefer")).await;
        let missing = format!("{database}?sslmode=require&sslrootcert=/nowhere.pem");
        let error = PostgresHub::open(&missing).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Certificates { .. }),
            "{}",
            said(&error)
        );
    });
}
