// What the server says of usage, intakes and webhooks.
export type Labelled = { file_id?: string | null; file_name?: string | null; folder_name?: string | null };

export type Holding = {
  folder_path?: string | null;
  record?: string | null;
  record_name?: string | null;
  kind?: string | null;
  bytes: number;
  files: number;
};

export type Amount = { bytes: number; files: number };

export type Intake = {
  id: string;
  url: string;
  record: string;
  title: string;
  note: string;
  file_name: string;
  role: string;
  folder_no: number;
  types: string[];
  max_files: number;
  max_bytes: number;
  hidden: boolean;
  has_password: boolean;
  received: number;
  created_at: string;
  created_by: number;
  expires_at: string;
  closed_at?: string | null;
};

export type Webhook = {
  id: string;
  url: string;
  name: string;
  kinds: string[];
  secret?: string;
  created_at: string;
  created_by: number;
  disabled_at?: string | null;
  disabled_why?: string | null;
};

export type Tested = { status?: number | null; error?: string | null; took_ms: number };

export type Delivery = {
  id: string;
  event_no?: number | null;
  kind: string;
  state: "waiting" | "arrived" | "failed";
  attempts: number;
  queued_at: string;
  next_at?: string | null;
  tried_at?: string | null;
  status?: number | null;
  error?: string | null;
};
