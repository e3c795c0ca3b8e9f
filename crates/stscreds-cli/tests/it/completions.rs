use super::machine::Machine;

#[test]
fn every_shell_has_completions_and_every_command_a_man_page() {
    let machine = Machine::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = machine.run(&["completions", shell]).succeeds().stdout;
        assert!(script.contains("whoami") && script.contains("min-ttl"), "{shell}");
    }

    let pages = machine.path("man");
    std::fs::create_dir(&pages).unwrap();
    machine.run(&["man", pages.to_str().unwrap()]).succeeds();
    let mut names: Vec<_> = std::fs::read_dir(&pages)
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.contains(&"stscreds.1".to_owned()), "{names:?}");
    assert!(names.contains(&"stscreds-exec.1".to_owned()), "{names:?}");
}
