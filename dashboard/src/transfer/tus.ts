// Carries bytes by tus: in pieces that go on where they stopped, whatever broke. When to try again is the queue's business.
import { type DetailedError, type HttpResponse, Upload } from "tus-js-client";
import { type Answer, type Fault, faultOf, unreadable } from "./fault";
import type { Goal } from "./goal";
import { isReadable } from "./disk";
import type { Arrived, Job, Sender, Sending, Watch } from "./sender";

/** Where uploads go, and as whom. */
export interface Door {
  /** Address under which uploads are opened. */
  uploads: string;
  /** What every request carries. */
  headers(): Promise<Record<string, string>>;
  /** The file that an upload became, by its id. */
  file(id: string): Promise<Arrived>;
}

/** How long the server keeps an upload where it does not say, in milliseconds. */
const KEPT = 24 * 3600 * 1000;

/** A sender that speaks tus 1.0. */
export function tusSender(door: Door): Sender {
  return {
    begin: (job, watch) => new TusSending(door, job, watch),
    async discard(url) {
      await Upload.terminate(url, { headers: await door.headers(), retryDelays: [0, 1000, 5000] });
    },
  };
}

class TusSending implements Sending {
  #upload: Upload | null = null;
  #stopped = false;

  constructor(
    private readonly door: Door,
    private readonly job: Job,
    private readonly watch: Watch,
  ) {
    void this.#start();
  }

  stop(): void {
    this.#stopped = true;
    void this.#upload?.abort();
  }

  async #start(): Promise<void> {
    const { job, watch, door } = this;
    try {
      const headers = await door.headers();
      if (this.#stopped) return;
      const begun = job.url === "" ? { endpoint: door.uploads } : { uploadUrl: job.url };
      const upload: Upload = new Upload(job.file, {
        ...begun,
        headers,
        chunkSize: job.piece,
        metadata: metadataOf(job.file, job.goal),
        // The queue tries again and remembers: it knows what else is to be done.
        retryDelays: null,
        storeFingerprintForResuming: false,
        onProgress: (sent) => watch.sent(sent),
        onUploadUrlAvailable: () => this.#stands(upload),
        onAfterResponse: (_, answer) => this.#heard(upload, answer),
        onSuccess: ({ lastResponse }) => void this.#arrived(lastResponse),
        onError: (error) => void this.#broke(error),
      });
      this.#upload = upload;
      upload.start();
    } catch (error) {
      watch.broke(faultOf(answerOf(error)));
    }
  }

  /**
   * The address as this page reaches the server, which may know itself by another name. Without the endpoint the client never
   * begins another upload by itself when it cannot ask for this one: what arrived would arrive twice.
   */
  #stands(upload: Upload): void {
    const id = upload.url?.split("/").at(-1);
    if (!id) return;
    upload.url = `${this.door.uploads}/${id}`;
    upload.options.endpoint = null;
    this.watch.stands(upload.url, Date.now() + KEPT);
  }

  #heard(upload: Upload, answer: HttpResponse): void {
    const expires = Date.parse(answer.getHeader("Upload-Expires") ?? "");
    if (upload.url && !Number.isNaN(expires)) this.watch.stands(upload.url, expires);
  }

  async #arrived(answer: HttpResponse): Promise<void> {
    const id = answer.getHeader("Attache-File") ?? "";
    const unknown = { id, name: this.job.file.name };
    this.watch.arrived(id === "" ? unknown : await this.door.file(id).catch(() => unknown));
  }

  async #broke(error: Error | DetailedError): Promise<void> {
    this.watch.broke(await faultOfSending(error, this.job.file));
  }
}

/** The fault behind an error of the client. That a file cannot be read looks like a broken connection. */
async function faultOfSending(error: unknown, file: File): Promise<Fault> {
  const answer = answerOf(error);
  return answer.status === 0 && !(await isReadable(file)) ? unreadable() : faultOf(answer);
}

function answerOf(error: unknown): Answer {
  const answer = (error as Partial<DetailedError>).originalResponse;
  if (!answer) return { status: (error as { status?: number }).status ?? 0 };
  return { status: answer.getStatus(), body: answer.getBody(), retryAfter: answer.getHeader("Retry-After") };
}

function metadataOf(file: File, goal: Goal): Record<string, string> {
  const type: Record<string, string> = file.type === "" ? {} : { filetype: file.type };
  return { filename: file.name, ...type, ...goal };
}
