// What a form for an intake link holds, and what is sent of it.
import { DAY } from "./span";
import type { Intake } from "./wire";

export type IntakeForm = {
  record: string;
  title: string;
  note: string;
  file_name: string;
  role: string;
  folder: string;
  types: string;
  max_files: number;
  /** In MB; `null` for as much as the server takes. */
  max_size: number | null;
  hidden: boolean;
  password: string;
  expires_in: number;
};

export function blank(record = ""): IntakeForm {
  return {
    record, title: "", note: "", file_name: "", role: "", folder: "", types: "", max_files: 10, max_size: null, hidden: false,
    password: "", expires_in: 7 * DAY,
  };
}

/** The request that a form makes. What was left empty is left to the server. */
export function plan(form: IntakeForm): Record<string, unknown> {
  const types = form.types.split(/[\s,;]+/).filter(Boolean);
  const texts = ["title", "note", "file_name", "role", "folder", "password"] as const;
  const given = texts.filter((name) => form[name].trim() !== "").map((name) => [name, form[name].trim()]);
  return {
    record: form.record.trim(),
    ...Object.fromEntries(given),
    ...(types.length ? { types } : {}),
    max_files: form.max_files,
    ...(form.max_size ? { max_bytes: Math.round(form.max_size * 1e6) } : {}),
    hidden: form.hidden,
    expires_in: form.expires_in,
  };
}

/** Whether an intake still takes files, in a word. */
export function standing(intake: Intake, now = new Date()): "open" | "closed" | "full" | "ended" {
  if (intake.closed_at) return "closed";
  if (intake.received >= intake.max_files) return "full";
  return new Date(intake.expires_at) <= now ? "ended" : "open";
}
