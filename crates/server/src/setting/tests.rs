use super::*;
use std::path::Path;

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn place(data: &Path) -> Place {
    Place { data: Some(data.to_owned()), ..Place::default() }
}

fn shown(settings: &Settings) -> String {
    let mut out = Vec::new();
    settings.write_to(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("attache.toml"), "listen = '127.0.0.1:1'\nlog = 'warn'\n[limits]\nheaders = 7\n")
        .unwrap();
    let file_alone = Settings::resolve(&place(home.path()), &Reach::default(), []).unwrap();
    assert_eq!((file_alone.listen.port(), file_alone.limits.headers), (1, 7));

    let env = variables(&[("ATTACHE_LISTEN", "127.0.0.1:2"), ("ATTACHE_LIMIT_HEADERS", "8"), ("HOME", "x")]);
    let over_file = Settings::resolve(&place(home.path()), &Reach::default(), env.clone()).unwrap();
    assert_eq!((over_file.listen.port(), over_file.limits.headers, &*over_file.log), (2, 8, "warn"));

    let reach = Reach { listen: Some("127.0.0.1:3".into()), ..Reach::default() };
    let over_all = Settings::resolve(&place(home.path()), &reach, env).unwrap();
    assert_eq!((over_all.listen.port(), over_all.limits.headers), (3, 8));

    let text = shown(&over_all);
    assert!(text.contains("listen = \"127.0.0.1:3\"  # --listen\n"), "{text}");
    assert!(text.contains("limits.headers = 8  # ATTACHE_LIMIT_HEADERS\n"), "{text}");
    assert!(text.contains("attache.toml\n"), "{text}");
    assert!(text.contains("limits.drain = 30  # default\n"), "{text}");
}

#[test]
fn an_unknown_key_is_named_with_its_nearest_known_one() {
    let home = tempfile::tempdir().unwrap();
    let cases =
        [("lisen = 'x'", "lisen", "listen"), ("[limits]\nfile_byte = 1", "limits.file_byte", "limits.file_bytes")];
    for (text, wrong, nearest) in cases {
        std::fs::write(home.path().join("attache.toml"), text).unwrap();
        let error = Settings::resolve(&place(home.path()), &Reach::default(), []).unwrap_err().to_string();
        assert!(error.contains(wrong) && error.contains(&format!("'{nearest}'")), "{error}");
        assert!(error.contains("attache.toml"), "{error}");
    }
}

#[test]
fn a_variable_of_ours_that_is_unknown_is_an_error_and_strangers_are_not() {
    let env = variables(&[("PATH", "/bin"), ("ATTACHE_PUBLIC_ULR", "http://x")]);
    let error = Settings::resolve(&Place::default(), &Reach::default(), env).unwrap_err().to_string();
    assert!(error.contains("ATTACHE_PUBLIC_ULR") && error.contains("'ATTACHE_PUBLIC_URL'"), "{error}");
}

#[test]
fn a_value_that_cannot_be_used_is_told_with_its_origin_and_what_would_be_right() {
    let cases = [
        ("ATTACHE_LISTEN", "8080", "127.0.0.1:8080"),
        ("ATTACHE_PUBLIC_URL", "files.example.com", "https://"),
        ("ATTACHE_PUBLIC_URL", "https://a/?x=1", "https://"),
        ("ATTACHE_DATABASE", "mysql://db/x", "postgres://"),
        ("ATTACHE_ALLOW_PRIVATE_NETWORK", "10.0.0.0/33", "10.1.0.0/16"),
        ("ATTACHE_LOG", "attache=loud", "info"),
        ("ATTACHE_LIMIT_UPLOADS", "0", "from 1 "),
        ("ATTACHE_LIMIT_UPLOADS", "many", "whole number of uploads"),
        ("ATTACHE_LIMIT_INLINE_BYTES", "262145", "to 262144"),
        ("ATTACHE_LIMIT_KEAP_THROTTLE", "2", "from 0 to 1"),
        ("ATTACHE_LIMIT_REDIRECT_LIFE", "604801", "from 1 to 604800"),
    ];
    for (name, value, right) in cases {
        let error = Settings::resolve(&Place::default(), &Reach::default(), variables(&[(name, value)])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(name) && text.contains(value) && text.contains(right), "{text}");
    }
}

#[test]
fn limits_can_be_set_to_their_least_and_their_greatest_value() {
    let env = variables(&[
        ("ATTACHE_LIMIT_INLINE_BYTES", "0"),
        ("ATTACHE_LIMIT_HEADER_BYTES", "1"),
        ("ATTACHE_LIMIT_REDIRECT_BYTES", "0"),
        ("ATTACHE_LIMIT_REDIRECT_LIFE", "604800"),
        ("ATTACHE_LIMIT_GRANT_REFRESH_GRACE", "0"),
    ]);
    let limits = Settings::resolve(&Place::default(), &Reach::default(), env).unwrap().limits;
    assert_eq!((limits.inline_bytes, limits.header_bytes, limits.grant_refresh_grace), (0, 1, 0));
    assert_eq!((limits.redirect_bytes, limits.redirect_life), (0, 604_800));
}

#[test]
fn the_file_cannot_say_where_itself_is() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("attache.toml"), "data = '/elsewhere'").unwrap();
    let error = Settings::resolve(&place(home.path()), &Reach::default(), []).unwrap_err().to_string();
    assert!(error.contains("ATTACHE_DATA"), "{error}");
}

#[test]
fn a_settings_file_that_was_named_must_be_there() {
    let place = Place { config: Some("/no/such/attache.toml".into()), ..Place::default() };
    let error = Settings::resolve(&place, &Reach::default(), []).unwrap_err();
    assert!(matches!(error, Error::SettingsFile { .. }), "{error}");
}

#[test]
fn passwords_are_never_shown() {
    for url in ["postgres://me:hunter2@db/files", "postgres://me@db/files?password=hunter2&connect_timeout=5"] {
        let env = variables(&[("ATTACHE_DATABASE", url)]);
        let settings = Settings::resolve(&Place::default(), &Reach::default(), env).unwrap();
        assert_eq!(settings.database, Database::Postgres(url.into()));
        let text = shown(&settings);
        assert!(text.contains("***") && !text.contains("hunter2"), "{text}");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
    let env = variables(&[("ATTACHE_DATABASE", "postgres://me:hunter2@db:port/files")]);
    let error = Settings::resolve(&Place::default(), &Reach::default(), env).unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn lists_of_networks_come_from_arrays_commas_and_repeated_flags() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("attache.toml"), "allow_private_network = ['10.0.0.0/8', '::1/128']").unwrap();
    let file = Settings::resolve(&place(home.path()), &Reach::default(), []).unwrap();
    let env = variables(&[("ATTACHE_ALLOW_PRIVATE_NETWORK", "10.0.0.0/8, ::1/128")]);
    let variable = Settings::resolve(&Place::default(), &Reach::default(), env).unwrap();
    let reach = Reach { allow_private_network: vec!["10.0.0.0/8".into(), "::1/128".into()], ..Reach::default() };
    let flags = Settings::resolve(&Place::default(), &reach, []).unwrap();
    assert_eq!(file.networks.len(), 2);
    assert_eq!(file.networks, variable.networks);
    assert_eq!(file.networks, flags.networks);
}

#[test]
fn contents_are_in_the_data_folder_unless_a_place_is_named() {
    let home = tempfile::tempdir().unwrap();
    let plain = Settings::resolve(&place(home.path()), &Reach::default(), []).unwrap();
    assert_eq!(plain.storage, StorageUrl::Folder(home.path().join("blobs")));
    assert!(plain.keeps_files());

    let env = variables(&[
        ("ATTACHE_STORAGE", "s3://files?endpoint=http://127.0.0.1:1"),
        ("ATTACHE_DATABASE", "postgres://h/attache"),
        ("ATTACHE_DOWNLOADS", "redirect"),
    ]);
    let node = Settings::resolve(&place(home.path()), &Reach::default(), env).unwrap();
    assert!(!node.keeps_files());
    assert_eq!(node.downloads, Downloads::Redirect);
    assert!(shown(&node).contains("storage = \"s3://files/?endpoint=http://127.0.0.1:1&region=us-east-1\""));
}

#[test]
fn a_place_for_contents_or_a_word_that_cannot_be_used_says_what_would_be_right() {
    for (name, value, right) in [
        ("ATTACHE_STORAGE", "/var/blobs", "file:/folder"),
        ("ATTACHE_DOWNLOADS", "direct", "proxy or redirect"),
        ("ATTACHE_MIGRATE", "yes", "auto or check"),
    ] {
        let refused = Settings::resolve(&Place::default(), &Reach::default(), variables(&[(name, value)]));
        let error = refused.unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(right), "{error}");
    }
}
