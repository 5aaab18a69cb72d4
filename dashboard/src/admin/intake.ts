// What a form for an intake link holds, and what is sent of it.
import type { Schemas } from "../api/client";
import { DAY } from "./span";

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
export function plan(form: IntakeForm): Partial<Schemas["IntakePlan"]> {
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
