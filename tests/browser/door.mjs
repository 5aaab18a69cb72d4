// A door in front of the server that can be slammed: every connection breaks, in the middle of whatever it carries.
import { connect, createServer } from "node:net";

export class Door {
  /** Bytes towards the server after which it slams by itself; `null` for never. */
  slamAfter = null;
  /** How often it slammed. */
  slams = 0;
  /** Whether it is shut: it slammed, and nobody has opened it since. */
  #shut = false;
  #open = new Set();
  #passed = 0;
  #server;

  constructor(url) {
    const { hostname, port } = new URL(url);
    this.#server = createServer((near) => {
      if (this.#shut) return void near.destroy();
      const far = connect(Number(port), hostname);
      for (const end of [near, far]) {
        this.#open.add(end);
        end.on("error", () => {});
        end.on("close", () => {
          this.#open.delete(end);
          near.destroy();
          far.destroy();
        });
      }
      near.on("data", (block) => {
        far.write(block);
        this.#passed += block.length;
        if (this.slamAfter !== null && this.#passed >= this.slamAfter) this.slam();
      });
      far.on("data", (block) => near.write(block));
    });
  }

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  slam() {
    this.slamAfter = null;
    this.slams += 1;
    this.#shut = true;
    for (const end of this.#open) end.destroy();
  }

  open() {
    this.#shut = false;
  }

  stop() {
    this.#server.close();
    for (const end of this.#open) end.destroy();
  }
}
