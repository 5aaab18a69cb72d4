// Lets somebody choose files or a folder, with the browser's own dialog: what a drop does, for those who do not drag.

/** The chosen files; none where the dialog was closed. Call it in the event of a click or a key. */
export function chooseFiles({ multiple = true, accept = "" } = {}): Promise<File[]> {
  return ask((input) => {
    input.multiple = multiple;
    input.accept = accept;
  });
}

/** All files of a chosen folder; each names its path in `webkitRelativePath`. */
export function chooseFolder(): Promise<File[]> {
  return ask((input) => (input.webkitdirectory = true));
}

function ask(prepare: (input: HTMLInputElement) => void): Promise<File[]> {
  const input = document.createElement("input");
  input.type = "file";
  prepare(input);
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(Array.from(input.files ?? [])), { once: true });
    input.addEventListener("cancel", () => resolve([]), { once: true });
    input.click();
  });
}
