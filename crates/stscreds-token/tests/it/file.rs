use std::path::Path;
use std::time::Duration;

use stscreds_core::ErrorKind;
use stscreds_token::{IdentityTokenFile, IdentityTokenRetriever};

async fn read(path: &Path) -> Result<String, ErrorKind> {
    match IdentityTokenFile::new(path).identity_token().await {
        Ok(token) => Ok(token.expose().to_owned()),
        Err(error) => {
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
            assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
            Err(error.kind())
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotated_file_is_read_anew_and_white_space_is_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");

    std::fs::write(&path, "first\n").unwrap();
    assert_eq!(read(&path).await.as_deref(), Ok("first"));

    std::fs::write(&path, "second\r\n \n").unwrap();
    assert_eq!(read(&path).await.as_deref(), Ok("second"));
}

#[tokio::test(start_paused = true)]
async fn each_way_of_being_unusable_has_its_kind_and_names_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");

    let started = tokio::time::Instant::now();
    assert_eq!(read(&path).await, Err(ErrorKind::IdentityTokenMissing));
    assert_eq!(started.elapsed(), Duration::from_millis(100), "it may only be rotated");
    assert_eq!(read(folder.path()).await, Err(ErrorKind::IdentityTokenUnreadable));
    for (content, kind) in [
        (Vec::new(), ErrorKind::IdentityTokenEmpty),
        (b" \n\t ".to_vec(), ErrorKind::IdentityTokenEmpty),
        (b"planted\xc3\x28".to_vec(), ErrorKind::IdentityTokenNotUtf8),
        (b"planted".repeat(150_000), ErrorKind::IdentityTokenTooLarge),
        // Where this is cut off, there is half of a character.
        (format!("a{}", "é".repeat(150_000)).into_bytes(), ErrorKind::IdentityTokenTooLarge),
    ] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(read(&path).await, Err(kind));
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_named_pipe_that_nobody_writes_to_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());

    assert_eq!(read(&path).await, Err(ErrorKind::IdentityTokenUnreadable));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_missing_or_empty_for_a_moment_of_its_rotation_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "\n").unwrap();
    for path in [missing, empty] {
        let rotation = {
            let path = path.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                std::fs::write(path, "rotated").unwrap();
            })
        };

        assert_eq!(read(&path).await.as_deref(), Ok("rotated"));
        rotation.await.unwrap();
    }
}
