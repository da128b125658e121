//! The program the daemon has to match: the `spec-kitty` people run, read from its files.
//!
//! It is never started: asking it takes two seconds and writes into the home (boundary sheet §11).

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::identity::Program;

/// The command on `PATH`.
const COMMAND: &str = "spec-kitty";
/// The package's name in its metadata folder, as Python writes it there.
const DISTRIBUTION: &str = "spec_kitty_cli-";
/// The package's folder.
const PACKAGE: &str = "specify_cli/__init__.py";
/// Launchers are short; of a binary not more than this is read.
const LAUNCHER: u64 = 4096;

/// Whom the daemon is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreground {
    /// What its installation tells.
    pub program: Program,
    /// How it was found.
    pub origin: Origin,
}

/// How the foreground was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was named.
    Named(Utf8PathBuf),
    /// It is the first on `PATH`.
    OnPath(Utf8PathBuf),
    /// There is none, so this program stands for it.
    Own,
}

impl Foreground {
    /// Finds the named command, else the first `spec-kitty` in `path` (a value of `PATH`), else takes
    /// `own`. The process id is always that of `own`.
    ///
    /// # Errors
    ///
    /// What is wrong with the command that was found, with its path: to go on with another program
    /// would compare the daemon with the wrong one.
    pub fn find(
        named: Option<&Utf8Path>,
        path: Option<&str>,
        own: Program,
    ) -> Result<Self, String> {
        let path = path.unwrap_or_default();
        let (command, origin) = match named {
            Some(command) => (command.to_path_buf(), Origin::Named(command.into())),
            None => match on_path(COMMAND, path) {
                Some(command) => (command.clone(), Origin::OnPath(command)),
                None => {
                    return Ok(Self {
                        program: own,
                        origin: Origin::Own,
                    });
                }
            },
        };
        let pid = own.pid;
        let program = installed(&command, path, pid)
            .map_err(|what| format!("{command} is no `{COMMAND}` that can be read: {what}"))?;
        Ok(Self { program, origin })
    }
}

fn on_path(name: &str, path: &str) -> Option<Utf8PathBuf> {
    let runs = |file: &Utf8PathBuf| {
        fs::metadata(file)
            .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    };
    path.split(':')
        .filter(|folder| !folder.is_empty())
        .map(|folder| Utf8Path::new(folder).join(name))
        .find(runs)
}

fn installed(command: &Utf8Path, path: &str, pid: u32) -> Result<Program, String> {
    let interpreter = interpreter(command, path)?;
    let executable = interpreter
        .canonicalize_utf8()
        .map_err(|error| format!("{interpreter}: {error}"))?;
    let (site, version) = libraries(&interpreter, &executable)
        .into_iter()
        .find_map(|site| version(&site).map(|version| (site, version)))
        .ok_or_else(|| format!("no package `spec-kitty-cli` beside {interpreter}"))?;
    let package = package(&site).ok_or_else(|| format!("{site} holds no {PACKAGE}"))?;
    // The third parent of the file `__init__`.
    let source = package.ancestors().nth(3).unwrap_or(&package);
    Ok(Program {
        package_version: version,
        executable_path: executable.into_string(),
        source_path: source.as_str().to_owned(),
        pid,
    })
}

/// Reads which interpreter a launcher names: in its first line, through `env`, or, where the path is
/// too long for a first line, in the second one for a shell.
fn interpreter(command: &Utf8Path, path: &str) -> Result<Utf8PathBuf, String> {
    let mut start = Vec::new();
    File::open(command)
        .and_then(|file| file.take(LAUNCHER).read_to_end(&mut start))
        .map_err(|error| error.to_string())?;
    let start = String::from_utf8_lossy(&start);
    let mut lines = start.lines();
    let first = lines.next().unwrap_or_default().strip_prefix("#!");
    let mut words = first.ok_or("it is no script")?.split_whitespace();
    let program = words.next().ok_or("its first line names no interpreter")?;
    match Utf8Path::new(program).file_name() {
        Some("env") => {
            let name = words
                .find(|word| !word.starts_with('-') && !word.contains('='))
                .ok_or("its first line names no interpreter")?;
            on_path(name, path).ok_or_else(|| format!("{name} is not on PATH"))
        }
        Some("sh" | "bash") => {
            let quoted = lines.next().and_then(|line| line.split('"').nth(1));
            quoted
                .map(Utf8PathBuf::from)
                .ok_or_else(|| "it is a shell script".into())
        }
        _ => Ok(program.into()),
    }
}

/// Lists the folders that may hold the package: those of the environment the interpreter stands in,
/// and, where that is no virtual one, those of the installation it leads to.
fn libraries(interpreter: &Utf8Path, executable: &Utf8Path) -> Vec<Utf8PathBuf> {
    let prefix = |program: &Utf8Path| Some(program.parent()?.parent()?.to_path_buf());
    let own = prefix(interpreter);
    let virtual_one = own
        .as_ref()
        .is_some_and(|prefix| prefix.join("pyvenv.cfg").exists());
    let base = (!virtual_one).then(|| prefix(executable)).flatten();
    let prefixes = own.into_iter().chain(base);
    let libraries =
        prefixes.flat_map(|prefix| ["lib", "lib64", "local/lib"].map(|folder| prefix.join(folder)));
    libraries
        .flat_map(|library| {
            names(&library)
                .into_iter()
                .map(move |name| library.join(name))
        })
        .filter(|folder| {
            folder
                .file_name()
                .is_some_and(|name| name.starts_with("python"))
        })
        .flat_map(|folder| ["site-packages", "dist-packages"].map(|kind| folder.join(kind)))
        .filter(|site| site.is_dir())
        .collect()
}

/// Lists a folder in order; nothing where it cannot be listed.
fn names(folder: &Utf8Path) -> Vec<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_owned()).collect();
    names.sort_unstable();
    names
}

fn version(site: &Utf8Path) -> Option<String> {
    let is_ours = |name: &String| name.starts_with(DISTRIBUTION) && name.ends_with(".dist-info");
    let folder = names(site).into_iter().find(is_ours)?;
    let metadata = fs::read_to_string(site.join(folder).join("METADATA")).ok()?;
    let mut head = metadata.lines().take_while(|line| !line.is_empty());
    let version = head.find_map(|line| line.strip_prefix("Version:"))?.trim();
    (!version.is_empty()).then(|| version.to_owned())
}

/// Finds the package in the folder itself, or where a path file of an editable install leads.
fn package(site: &Utf8Path) -> Option<Utf8PathBuf> {
    let in_folder = |folder: &Utf8Path| Some(folder.join(PACKAGE)).filter(|file| file.is_file());
    let path_files = || {
        let files = names(site)
            .into_iter()
            .filter(|name| Utf8Path::new(name).extension() == Some("pth"));
        let text = files.filter_map(|name| fs::read_to_string(site.join(name)).ok());
        text.collect::<Vec<_>>().join("\n")
    };
    in_folder(site).or_else(|| path_files().lines().map(Utf8Path::new).find_map(in_folder))
}

#[cfg(test)]
mod tests;
