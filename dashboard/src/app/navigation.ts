// What the navigation lists, in its order.
import type { IconName } from "../part/icons";
import type { Name } from "./router.svelte";

type Place = {
  name: Name;
  label: string;
  href: string;
  icon: IconName;
  /** The scope without which the screen shows nothing. */
  scope?: string;
};

export const places: { title: string; items: Place[] }[] = [
  {
    title: "Library",
    items: [
      { name: "files", label: "Files", href: "/", icon: "folder" },
      { name: "records", label: "Records", href: "/records", icon: "records" },
      { name: "intakes", label: "Intake links", href: "/intakes", icon: "inbox" },
      { name: "links", label: "Signed links", href: "/links", icon: "link" },
      { name: "trash", label: "Trash", href: "/trash", icon: "trash" },
    ],
  },
  {
    title: "Account",
    items: [
      { name: "usage", label: "Storage", href: "/usage", icon: "usage" },
      { name: "events", label: "Activity", href: "/events", icon: "events" },
      { name: "tasks", label: "Tasks", href: "/tasks", icon: "tasks" },
      { name: "webhooks", label: "Webhooks", href: "/webhooks", icon: "webhook", scope: "settings" },
      { name: "tokens", label: "Tokens", href: "/tokens", icon: "token", scope: "settings" },
    ],
  },
];
