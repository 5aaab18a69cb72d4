// The words of the panel, in the languages that it speaks. A language is added by a table here.

const en = {
  files: "Files",
  comments: "Comments",
  upload: "Upload",
  drop: "Drop to upload",
  list: "List",
  grid: "Grid",
  empty: "No files yet",
  empty_hint: "Drop files here, paste a picture, or choose Upload.",
  empty_read: "Nothing was put on this record.",
  no_comments: "No comments yet",
  loading: "Loading",
  more: "Show more",
  again: "Try again",
  back: "Back to the files",
  download: "Download",
  open: "Open",
  versions: "Versions",
  version: "Version {0}",
  current: "current",
  new_version: "Upload new version",
  unlink: "Take off this record",
  unlink_sure: "It stays in Attache, but is no longer shown here.",
  trash: "Move to trash",
  trash_sure: "It can be restored from the trash in Attache.",
  cancel: "Cancel",
  pause: "Pause {0}",
  resume: "Resume {0}",
  retry: "Try {0} again",
  stop: "Cancel {0}",
  choose: "Choose again",
  deleted: "deleted",
  waiting: "Waiting",
  paused: "Paused at {0} of {1}",
  running: "{0} of {1}",
  storing: "Being stored",
  resting: "{0} Trying again.",
  interrupted: "Interrupted at {0} of {1}. Choose the file again to go on.",
  another: "That is another file: its name, size or date differs.",
  uploaded: "{0} uploaded",
  failed: "{0} was not uploaded",
  removed: "{0} was taken off the record",
  trashed: "{0} was moved to the trash",
  size: "Size",
  type: "Type",
  added: "Added",
  changed: "Changed",
  no_token: "This panel has no access yet.",
  ended: "Your access has ended. Reload the page to go on.",
  refused: "Files of this record cannot be shown with this access.",
  unreachable: "The files server cannot be reached.",
  went_wrong: "Something went wrong.",
  no_record: "No record was named.",
  panel: "Files of {0}",
  close: "Close",
};

/** The names of the words. */
export type Word = keyof typeof en;

const de: Record<Word, string> = {
  files: "Dateien",
  comments: "Kommentare",
  upload: "Hochladen",
  drop: "Zum Hochladen ablegen",
  list: "Liste",
  grid: "Kacheln",
  empty: "Noch keine Dateien",
  empty_hint: "Dateien hierher ziehen, ein Bild einfügen oder Hochladen wählen.",
  empty_read: "Zu diesem Datensatz gibt es keine Dateien.",
  no_comments: "Noch keine Kommentare",
  loading: "Wird geladen",
  more: "Mehr anzeigen",
  again: "Erneut versuchen",
  back: "Zurück zu den Dateien",
  download: "Herunterladen",
  open: "Öffnen",
  versions: "Versionen",
  version: "Version {0}",
  current: "aktuell",
  new_version: "Neue Version hochladen",
  unlink: "Vom Datensatz lösen",
  unlink_sure: "Die Datei bleibt in Attache, wird hier aber nicht mehr gezeigt.",
  trash: "In den Papierkorb",
  trash_sure: "Die Datei lässt sich in Attache aus dem Papierkorb zurückholen.",
  cancel: "Abbrechen",
  pause: "{0} anhalten",
  resume: "{0} fortsetzen",
  retry: "{0} erneut versuchen",
  stop: "{0} abbrechen",
  choose: "Erneut wählen",
  deleted: "gelöscht",
  waiting: "Wartet",
  paused: "Angehalten bei {0} von {1}",
  running: "{0} von {1}",
  storing: "Wird gespeichert",
  resting: "{0} Neuer Versuch folgt.",
  interrupted: "Unterbrochen bei {0} von {1}. Zum Fortsetzen die Datei erneut wählen.",
  another: "Das ist eine andere Datei: Name, Größe oder Datum weichen ab.",
  uploaded: "{0} hochgeladen",
  failed: "{0} wurde nicht hochgeladen",
  removed: "{0} wurde vom Datensatz gelöst",
  trashed: "{0} liegt im Papierkorb",
  size: "Größe",
  type: "Typ",
  added: "Hinzugefügt",
  changed: "Geändert",
  no_token: "Dieses Feld hat noch keinen Zugang.",
  ended: "Der Zugang ist abgelaufen. Bitte die Seite neu laden.",
  refused: "Mit diesem Zugang lassen sich die Dateien nicht zeigen.",
  unreachable: "Der Dateiserver ist nicht erreichbar.",
  went_wrong: "Etwas ist schiefgegangen.",
  no_record: "Es wurde kein Datensatz genannt.",
  panel: "Dateien von {0}",
  close: "Schließen",
};

const tongues: Record<string, Record<Word, string>> = { en, de };

/** What the panel says things with: words, sizes and moments in one language. */
export interface Tongue {
  lang: string;
  say(word: Word, ...values: string[]): string;
  moment(at: string): string;
  size(bytes: number): string;
}

/** The tongue for a language tag such as `de-AT`; English where we do not speak it. */
export function tongue(tag: string): Tongue {
  const lang = tongues[tag.slice(0, 2).toLowerCase()] ? tag : "en";
  const words = tongues[lang.slice(0, 2).toLowerCase()] ?? en;
  return {
    lang,
    say: (word, ...values) => words[word].replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)] ?? ""),
    moment: (at) => moment(new Date(at), new Date(), lang),
    size: (bytes) => sized(bytes, lang),
  };
}

/** The time today, the day this year, else the date. */
function moment(at: Date, now: Date, lang: string): string {
  if (at.toDateString() === now.toDateString()) return at.toLocaleTimeString(lang, { timeStyle: "short" });
  const near = at.getFullYear() === now.getFullYear();
  return at.toLocaleDateString(lang, near ? { day: "numeric", month: "short" } : { dateStyle: "medium" });
}

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

function sized(bytes: number, lang: string): string {
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  const unitDisplay = step === 0 ? "long" : "short";
  const maximumFractionDigits = step > 0 && amount < 10 ? 1 : 0;
  return new Intl.NumberFormat(lang, { style: "unit", unit: units[step], unitDisplay, maximumFractionDigits }).format(amount);
}
