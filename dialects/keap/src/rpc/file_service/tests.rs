use super::*;

/// What the parameters of `uploadFile` are taken for.
fn shape(args: &[Value]) -> Option<(Option<i64>, String)> {
    let (contact, name, _) = upload_args(args)?;
    Some((contact.map(|contact| contact.as_int().unwrap_or(0)), name.to_owned()))
}

fn contents() -> [Value; 3] {
    ["YQ==".into(), Value::Bytes(b"a".to_vec()), Value::Spilled]
}

#[test]
fn c15_the_types_tell_which_parameter_is_the_contact() {
    for content in contents() {
        let (name, content) = (Value::from("a.txt"), || content.clone());
        let named = |contact| Some((contact, "a.txt".to_owned()));
        assert_eq!(shape(&[7.into(), name.clone(), content()]), named(Some(7)));
        assert_eq!(shape(&["7".into(), name.clone(), content()]), named(Some(7)));
        assert_eq!(shape(&[name.clone(), content()]), named(None));
        assert_eq!(shape(&[name.clone(), content(), 7.into()]), named(Some(7)));
        assert_eq!(shape(&[Value::Nil, name.clone(), content()]), named(Some(0)));
        assert_eq!(shape(&[name.clone(), content(), Value::Nil]), named(Some(0)));
    }
}

#[test]
fn c15_other_shapes_are_no_method() {
    for args in [
        vec![],
        vec!["a.txt".into()],
        vec![7.into(), "YQ==".into()],
        vec!["a.txt".into(), 7.into()],
        vec!["seven".into(), "a.txt".into(), "YQ==".into()],
        vec![true.into(), "a.txt".into(), "YQ==".into()],
        vec![7.into(), 8.into(), "YQ==".into()],
        vec![7.into(), "a.txt".into(), Value::Nil],
        vec![7.into(), "a.txt".into(), Value::Struct(Vec::new())],
        vec![Value::Spilled, "a.txt".into(), "YQ==".into()],
        vec![7.into(), Value::Spilled, "YQ==".into()],
        vec![Value::Spilled, "YQ==".into()],
        vec![7.into(), "a.txt".into(), "YQ==".into(), 1.into()],
    ] {
        assert_eq!(shape(&args), None, "{args:?}");
    }
}

#[test]
fn c15_without_a_contact_a_file_is_the_companys() {
    for none in [None, Some(Value::Nil), Some(0.into()), Some((-7).into()), Some("0".into())] {
        let place = Place::of(none.as_ref(), "a.txt").unwrap();
        assert_eq!(place.destination, Destination::Company, "{none:?}");
    }
    let place = Place::of(Some(&"7".into()), " a.txt ").unwrap();
    assert!(matches!(place.destination, Destination::Contact(record) if record.id() == "7"));
    assert_eq!(place.name.full(), "a.txt");
}

#[test]
fn c02_c09_a_contact_or_name_that_cannot_be_is_an_invalid_parameter() {
    let too_great = Value::Double(2_147_483_648.0);
    for (contact, name) in [(&too_great, "a.txt"), (&Value::Int(7), ""), (&Value::Int(7), "a/b")] {
        let Err(error) = Place::of(Some(contact), name) else { panic!("{contact:?} {name}") };
        assert_eq!(Fault::from(&error).code, 12);
    }
}

#[test]
fn the_id_of_a_file_may_come_as_a_number_or_a_text() {
    for id in [Value::Int(7), "7".into(), Value::Double(7.0)] {
        assert_eq!(file_no(&id).unwrap(), FileNo(7));
    }
    assert!(matches!(file_no(&"seven".into()), Err(Trouble::Fault(fault)) if fault.code == 12));
    assert!(matches!(file_no(&Value::Nil), Err(Trouble::Shape)));
    assert!(matches!(file_no(&true.into()), Err(Trouble::Shape)));
}
