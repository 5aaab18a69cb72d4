// Waiting for work in the background.
import { api, Problem, type Schemas } from "../api/client";

type Task = Schemas["Task"];

/** Whether a task goes on by itself. */
export function goesOn(task: Pick<Task, "state">): boolean {
  return task.state === "queued" || task.state === "running";
}

/** Asks after a task until it ended; throws what it failed of. */
export async function ended(id: string, pause = 400): Promise<Task> {
  for (;;) {
    const task = await api.get<Task>(`/v1/tasks/${id}`);
    if (task.state === "failed") throw new Problem(0, task.error?.code ?? "failed", "That failed", task.error?.message ?? "");
    if (!goesOn(task)) return task;
    await new Promise((done) => setTimeout(done, pause));
  }
}
