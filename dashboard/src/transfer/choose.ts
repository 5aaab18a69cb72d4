// Lets somebody choose files with the browser's own dialog: what a drop does, for those who do not drag.

/** The chosen files; none where the dialog was closed. Call it in the event of a click or a key. */
export function chooseFiles({ multiple = true } = {}): Promise<File[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = multiple;
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(Array.from(input.files ?? [])), { once: true });
    input.addEventListener("cancel", () => resolve([]), { once: true });
    input.click();
  });
}
