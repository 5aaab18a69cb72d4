// The disk that files are on, as far as a page sees it.

/** Whether the file on the disk is still the one that was chosen. */
export async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
