import { createServer } from "node:http";
import { accessible } from "../look.mjs";
import { row } from "../steps.mjs";

export default async function ({ api, signedIn }) {
  // The import waits for this server, which says little, and all of it when the flow says so.
  let answer;
  const source = createServer((_, response) => {
    response.write("imported");
    const little = setInterval(() => response.write("."), 1000);
    answer = () => {
      clearInterval(little);
      response.end();
    };
  });
  await new Promise((done) => source.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${source.address().port}/report.txt`;
  await api.ask("POST", "/v1/imports", { json: { url, name: "report.txt" } });
  await api.ask("POST", "/v1/imports", { json: { url: "http://127.0.0.1:1/nothing.txt", name: "nothing.txt" } });

  const { page } = await signedIn("/tasks");
  await row(page, "running").first().waitFor();
  await accessible(page, "tasks");
  while (!answer) await new Promise((done) => setTimeout(done, 50));
  answer();
  // The screen looks again by itself.
  const done = row(page, "done");
  await done.getByRole("link", { name: /file/ }).waitFor();
  await page.getByLabel("State").selectOption("done");
  await row(page, "failed").waitFor({ state: "detached" });
  await done.waitFor();
  await page.getByLabel("State").selectOption("failed");
  await done.waitFor({ state: "detached" });
  source.close();
}
