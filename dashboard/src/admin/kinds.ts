// The kinds of event, with what each says about its file, folder or record.
export const kinds: Record<string, string> = {
  "file.created": "File put in",
  "file.replaced": "New version",
  "file.updated": "File changed",
  "file.trashed": "File deleted",
  "file.restored": "File restored",
  "file.erased": "File erased",
  "file.purged": "File gone for good",
  "file.linked": "Put on a record",
  "file.unlinked": "Taken off a record",
  "record.created": "Record got a card",
  "record.updated": "Card changed",
  "note.created": "Note written",
  "note.updated": "Note changed",
  "folder.created": "Folder made",
  "folder.updated": "Folder changed",
  "folder.trashed": "Folder deleted",
  "share.created": "Signed link made",
  "share.revoked": "Signed link taken back",
  "intake.created": "Intake link made",
  "intake.received": "File sent in",
  "intake.closed": "Intake link closed",
};

/** A kind in words; the server may know newer ones. */
export function inWords(kind: string): string {
  return kinds[kind] ?? kind;
}
