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
