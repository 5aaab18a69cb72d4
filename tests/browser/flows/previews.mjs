import assert from "node:assert/strict";
import { accessible, picture } from "../look.mjs";
import { CSV, film, MARKDOWN, pdf, png, TEXT, wav } from "../media.mjs";

export default async function ({ api, browser, signedIn }) {
  const ids = {};
  const put = async (name, bytes, type) => (ids[name] = (await api.put(`/${name}`, bytes, type)).id);
  await put("coast.png", await png(browser, 200), "image/png");
  await put("lease.pdf", pdf("The lease of a flat", "Signed by both"), "application/pdf");
  await put("minutes.txt", TEXT, "text/plain");
  await put("invoices.csv", CSV, "text/csv");
  await put("guide.md", MARKDOWN, "text/markdown");
  await put("call.wav", wav(), "audio/wav");
  await put("clip.webm", film, "video/webm");
  await put("archive.bin", Buffer.from([1, 2, 3, 0]), "application/octet-stream");
  const { page } = await signedIn("/");
  const preview = page.getByRole("region", { name: "Preview" });
  const show = async (name) => {
    await page.goto(new URL(`/file/${ids[name]}`, page.url()).href);
    await page.getByRole("heading", { level: 1, name }).waitFor();
  };
  const shown = async (name) => {
    await accessible(page, `the preview of ${name}`);
    await picture(page, `preview-${name.split(".")[1]}`);
  };
  const seconds = (element) => element.evaluate((media) => media.duration);

  await show("coast.png");
  await preview.getByRole("img", { name: "coast.png" }).waitFor();
  await page.waitForFunction(() => document.querySelector("[aria-label=Picture] img")?.naturalWidth === 640);
  await preview.getByRole("button", { name: "100 %" }).click();
  await shown("coast.png");

  await show("lease.pdf");
  await preview.getByText("2 pages").waitFor();
  await preview.getByText("The lease of a flat").waitFor({ state: "attached" });
  await preview.getByText("Signed by both").waitFor({ state: "attached" });
  await shown("lease.pdf");

  await show("minutes.txt");
  await preview.getByText("The lease is signed.").waitFor();
  await shown("minutes.txt");

  await show("invoices.csv");
  await preview.getByRole("cell", { name: "Blue, Green & Co" }).or(preview.getByText("Blue, Green & Co")).first().waitFor();
  await shown("invoices.csv");

  await show("guide.md");
  await preview.getByRole("heading", { name: "Onboarding" }).waitFor();
  await preview.getByText("a passport scan").waitFor();
  await shown("guide.md");

  await show("call.wav");
  const audio = preview.locator("audio");
  await page.waitForFunction(() => document.querySelector("audio")?.duration > 0);
  assert(Math.abs((await seconds(audio)) - 1) < 0.1);
  await shown("call.wav");

  await show("clip.webm");
  await page.waitForFunction(() => document.querySelector("video")?.videoWidth === 160);
  await preview.locator("video").evaluate((video) => video.play());
  await page.waitForFunction(() => document.querySelector("video").currentTime > 0.2);
  await shown("clip.webm");

  await show("archive.bin");
  await preview.getByText("There is no preview of this kind of file").waitFor();
  await shown("archive.bin");
}
