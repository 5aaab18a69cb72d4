//! Embeds what `npm run build` made in `dashboard/dist`: its compressed files, as a table by path. Without them the table is
//! empty, so the server builds without Node.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../dashboard/dist");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    // A path that is not there would be looked for at every build. The repository keeps the folder, so it is there.
    if dist.is_dir() {
        println!("cargo:rerun-if-changed={}", dist.display());
    }
    let mut found = Vec::new();
    collect(&dist, &dist, &mut found)?;
    found.sort();
    let mut table = String::from("&[\n");
    for (at, path) in found.iter().enumerate() {
        // Copied, because the folder may change while the compiler reads.
        fs::copy(dist.join(format!("{path}.gz")), out.join(format!("{at}.gz")))?;
        let bytes = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{at}.gz\"))");
        writeln!(table, "    Asset {{ path: {path:?}, gzip: {bytes} }},")?;
    }
    table.push_str("]\n");
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

/// The paths below `root` of the files that have a compressed form, with `/` between their parts.
fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            let plain = path.strip_prefix(root).map_err(io::Error::other)?.with_extension("");
            let parts: Vec<_> = plain.iter().map(|part| part.to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
    Ok(())
}
