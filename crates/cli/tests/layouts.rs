//! Lists that the program does not know by itself: `--layouts`, `--meter`, `meters --show`.

mod common;

use std::fs;

use amshan::meters::{Field, LAYOUTS, Layout};
use common::{amshan, file, message, run};
use serde_json::{Value, json};

/// A file with layouts in the folder of the tests.
fn layouts(name: &str, text: &str) -> String {
    let path = file(name, text.as_bytes());
    path.display().to_string()
}

fn decode(arguments: &[&str], input: &[u8]) -> Vec<Value> {
    run(amshan().args(["decode", "--quiet", "--format", "json"]).args(arguments), input)
        .good("decode")
        .lines()
}

#[test]
fn a_list_that_nobody_knows_is_read_after_ten_lines() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/layouts/boiler");
    let dump = fs::read(format!("{corpus}.hex")).unwrap();
    assert_eq!(decode(&[], &dump)[0]["element_3"], 570);
    let file = format!("{corpus}.toml");
    let expected = json!({
        "meter_id": "BOILER-1", "active_power_import": 2500, "flow_temperature": 57.0, "pressure": 1.5, "burner_state": 1
    });
    assert_eq!(decode(&["--layouts", &file], &dump), [expected]);
    let full =
        run(amshan().args(["decode", "--quiet", "--format", "full", "--layouts", &file]), &dump).good("full");
    assert_eq!(full.lines()[0]["layout"], json!({ "name": "boiler", "by": "layout" }));
}

#[test]
fn transformers_multiply_what_they_divide() {
    let file = layouts(
        "transformers.toml",
        "[[layout]]\nname = \"at-transformers\"\nlike = \"kaifa-no-list-3\"\nct_ratio = 40\nvt_ratio = \"2.5\"\n",
    );
    let octets = message("kaifa-no-list-3").bytes;
    let (direct, behind) = (decode(&[], &octets), decode(&["--layouts", &file], &octets));
    let number = |reading: &Value, name: &str| reading[name].as_f64().unwrap();
    for (name, ratio) in [
        ("current_l1", 40.0),
        ("voltage_l1", 2.5),
        ("active_power_export", 100.0),
        ("active_power_import_total", 100.0),
    ] {
        let (one, other) = (number(&direct[0], name), number(&behind[0], name));
        assert!(one > 0.0 && (one * ratio - other).abs() < 1e-6, "{name}: {one} and {other}");
    }
}

#[test]
fn a_change_holds_for_what_it_names_and_for_one_sender_only() {
    let text = "[[layout]]\nname = \"mine\"\nlike = \"kamstrup\"\nsystem_title = \"4b414d9999\"\n\
                changes = [{ quantity = \"active_power_export\", scale = -1 }]\n";
    let octets = message("kamstrup-no-35").bytes;
    let (theirs, mine) = (layouts("theirs.toml", text), text.replace("system_title = \"4b414d9999\"\n", ""));
    let mine = layouts("mine.toml", &mine);
    let [plain, theirs, mine] = [
        decode(&[], &octets),
        decode(&["--layouts", &theirs], &octets),
        decode(&["--layouts", &mine], &octets),
    ];
    assert_eq!(plain, theirs);
    let power = |reading: &[Value]| reading[0]["active_power_export"].as_f64().unwrap();
    assert!(power(&plain) > 0.0 && (power(&mine) * 10.0 - power(&plain)).abs() < 1e-9, "{mine:?}");
    assert_eq!(mine[0]["voltage_l1"], plain[0]["voltage_l1"]);
}

#[test]
fn a_scale_that_is_fixed_overrules_the_message() {
    let list = LAYOUTS.iter().find(|layout| layout.name == "aidon-no-list-2").unwrap().to_toml();
    let fixed = list.replace("quantity = \"voltage_l1\",", "quantity = \"voltage_l1\", fixed = true,");
    let fixed = fixed.replace("name = \"aidon-no-list-2\"", "name = \"fixed\"");
    let element = fixed.lines().find(|line| line.contains("fixed = true")).unwrap();
    let fixed = fixed.replace(element, &element.replace("scale = -1", "scale = -3"));
    let file = layouts("fixed.toml", &fixed);
    let octets = message("aidon-no-list-2").bytes;
    let (sent, fixed) = (decode(&[], &octets), decode(&["--layouts", &file], &octets));
    let volts = |reading: &[Value]| reading[0]["voltage_l1"].as_f64().unwrap();
    assert!((volts(&sent) / 100.0 - volts(&fixed)).abs() < 1e-9, "{} {}", volts(&sent), volts(&fixed));
    assert_eq!(sent[0]["voltage_l2"], fixed[0]["voltage_l2"]);
}

#[test]
fn lines_of_a_telegram_are_named_and_corrected() {
    let file = layouts(
        "telegram.toml",
        "[[layout]]\nname = \"heat-pump\"\nform = \"lines\"\nsender = \"Ene5\"\nct_ratio = 10\n\
         elements = [{ obis = \"0-0:96.7.9\", quantity = \"outages\" }, { obis = \"32.7.0\", unit = \"V\", scale = -1, fixed = true }]\n",
    );
    let octets = message("p1-dsmr-5.0").bytes;
    let (plain, named) = (decode(&[], &octets), decode(&["--layouts", &file], &octets));
    assert_eq!(named[0]["outages"], plain[0]["long_power_failures"]);
    assert_eq!(named[0].get("long_power_failures"), None);
    let number = |reading: &[Value], name: &str| reading[0][name].as_f64().unwrap();
    assert!((number(&named, "voltage_l1") * 10.0 - number(&plain, "voltage_l1")).abs() < 1e-9);
    assert!(
        (number(&named, "active_power_import") - number(&plain, "active_power_import") * 10.0).abs() < 1e-9
    );
    let other = fs::read_to_string(&file).unwrap().replace("Ene5", "KFM5");
    assert_eq!(decode(&["--layouts", &layouts("other.toml", &other)], &octets), plain);
}

#[test]
fn a_meter_that_is_chosen_is_the_only_one() {
    let octets = message("kaifa-no-list-3").bytes;
    assert_eq!(decode(&["--meter", "kaifa-no-list-3"], &octets), decode(&[], &octets));
    let other = run(amshan().args(["decode", "--quiet", "--format", "full", "--meter", "kamstrup"]), &octets);
    assert_eq!(other.lines()[0]["layout"]["by"], "tree");
    assert!(other.stderr.contains("the list is not that of kamstrup"), "{}", other.stderr);
}

#[test]
fn what_is_shown_can_be_given_back() {
    for layout in LAYOUTS {
        let shown = run(amshan().args(["meters", "--show", layout.name]), b"").good(layout.name).stdout;
        assert_eq!(Layout::from_toml(&shown).unwrap(), [*layout]);
    }
    let own = layouts("shown.toml", "[[layout]]\nname = \"own\"\nelements = [{ obis = \"1.7.0\" }]\n");
    let shown = run(amshan().args(["meters", "--show", "own", "--layouts", &own]), b"").good("own").stdout;
    assert!(shown.contains(&Field::ACTIVE_POWER_IMPORT.to_string()), "{shown}");
    let listed = run(amshan().args(["meters", "--layouts", &own]), b"").good("own").stdout;
    assert!(listed.starts_with("own "), "{listed}");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let file =
        layouts("wrong.toml", "[[layout]]\nname = \"x\"\nelements = [{ obis = \"1.7.0\", unit = \"A\" }]\n");
    for (arguments, status, said) in [
        (["--layouts", &*file], 2, "wrong.toml, line 3: active_power_import is in W, not in A"),
        (["--layouts", "/nowhere.toml"], 3, "/nowhere.toml: No such file"),
        (["--meter", "nobody"], 2, "no list is called \"nobody\"; `amshan meters` names them"),
        (["--meter", "p1-dsmr-5"], 2, "p1-dsmr-5 is a kind of P1 telegram"),
    ] {
        let run = run(amshan().arg("decode").args(arguments), b"");
        assert_eq!(run.status, Some(status), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
}
