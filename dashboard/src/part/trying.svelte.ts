// Something a form tries: whether it is under way, and what was wrong with it.
import { Problem } from "../api/client";

export class Trying {
  busy = $state(false);
  problem: Problem | null = $state(null);

  /** Does it, and tells whether it went well; a refusal is kept for the form to show. */
  async do(deed: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await deed();
      return true;
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem : new Problem(0, "unknown", "It did not work", String(problem));
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What to show below a field of the form. */
  get words(): string | null {
    return this.problem ? this.problem.detail || this.problem.title : null;
  }
}
