//! Whose a store is. Two installations on one store would take each other's contents for orphans, so each store says to
//! which one it belongs.

use std::io::{Read as _, Write as _};

use crate::{Blobs, Disk, Error, Key, Memory, folder::Folder, layout::Layout, volume::blocking};

/// The name of the file or object that says it.
pub(crate) const INSTALLATION: &str = "installation";

/// The most bytes that are read of it.
pub(crate) const MARK_LEN: usize = 1024;

impl Blobs {
    /// Makes the store the one of `installation`, when it is nobody's yet. [`Error::Foreign`] when it is another's.
    pub async fn mark(&self, installation: &str) -> Result<(), Error> {
        self.check_health()?;
        let found = match self {
            Self::Disk(disk) => disk.mark(installation.to_owned()).await?,
            Self::Cloud(cloud) => cloud.mark(installation).await?,
            Self::Memory(memory) => memory.mark(installation),
        };
        if found == installation { Ok(()) } else { Err(Error::Foreign { found }) }
    }
}

impl Memory {
    fn mark(&self, installation: &str) -> String {
        self.lock().installation.get_or_insert_with(|| installation.to_owned()).clone()
    }
}

impl Disk {
    /// The file gets its name when it is whole and on the disk, and only where no other has it.
    async fn mark(&self, installation: String) -> Result<String, Error> {
        let volume = std::sync::Arc::clone(&self.volume);
        blocking(move || {
            if let Some(found) = read(volume.layout.root()).map_err(Error::doing("read whose the blobs are"))? {
                return Ok(found);
            }
            let op = "write down whose the blobs are";
            let name = Key::random(0)?.flat_name();
            let named = write(&volume.layout, &name, &installation);
            volume.layout.staging.remove(&name).map_err(Error::doing(op))?;
            named.map_err(Error::doing(op))?;
            volume.sync_names(&[volume.layout.root()])?;
            Ok(read(volume.layout.root()).map_err(Error::doing(op))?.unwrap_or(installation))
        })
        .await
    }
}

fn write(layout: &Layout, name: &str, installation: &str) -> std::io::Result<()> {
    let mut file = layout.staging.create(name)?;
    file.write_all(installation.as_bytes())?;
    file.sync_all()?;
    layout.staging.link(name, layout.root(), INSTALLATION)?;
    Ok(())
}

fn read(root: &Folder) -> std::io::Result<Option<String>> {
    let Some((file, _)) = root.open(INSTALLATION)? else { return Ok(None) };
    let mut found = String::new();
    file.take(MARK_LEN as u64).read_to_string(&mut found)?;
    Ok(Some(found))
}
