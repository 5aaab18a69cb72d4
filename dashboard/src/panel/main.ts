// What /panel.js does: it makes `<attache-files>` known.
import { AttacheFiles } from "./element.svelte";

if (!customElements.get("attache-files")) customElements.define("attache-files", AttacheFiles);
