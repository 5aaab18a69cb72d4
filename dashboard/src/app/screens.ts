// The screens by their names. Each is loaded when it is first shown, so that the first page stays small.
import type { Component } from "svelte";
import type { Name } from "./router.svelte";

type Screen = { title: string; load: () => Promise<{ default: Component }> };

export const screens: Record<Name, Screen> = {
  files: { title: "Files", load: () => import("../files/Files.svelte") },
  file: { title: "File", load: () => import("../files/FilePage.svelte") },
  records: { title: "Records", load: () => import("../files/Records.svelte") },
  record: { title: "Record", load: () => import("../files/RecordPage.svelte") },
  search: { title: "Search", load: () => import("../files/Search.svelte") },
  trash: { title: "Trash", load: () => import("../admin/Trash.svelte") },
  links: { title: "Signed links", load: () => import("../admin/Links.svelte") },
  tokens: { title: "Tokens", load: () => import("../admin/Tokens.svelte") },
  tasks: { title: "Tasks", load: () => import("../admin/Tasks.svelte") },
  events: { title: "Events", load: () => import("../admin/Events.svelte") },
  usage: { title: "Usage", load: () => import("../admin/Usage.svelte") },
  intakes: { title: "Intake links", load: () => import("../admin/Intakes.svelte") },
  webhooks: { title: "Webhooks", load: () => import("../admin/Webhooks.svelte") },
  licences: { title: "Licences", load: () => import("./Licences.svelte") },
  unknown: { title: "Not found", load: () => import("./Unknown.svelte") },
};
