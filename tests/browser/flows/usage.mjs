import { accessible } from "../look.mjs";

export default async function ({ api, signedIn }) {
  await api.put("/photos/big.bin", Buffer.alloc(2_000_000));
  await api.put("/notes/small.txt", "x".repeat(1000));
  await api.putOn("contact/42", "passport.txt", "y".repeat(500_000));
  const gone = await api.put("/gone.txt", "z".repeat(100_000));
  await api.ask("DELETE", `/v1/files/${gone.id}`);
  const { page } = await signedIn("/usage");

  await page.getByText("2.50 MB, without a limit").waitFor();
  const first = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "/photos" }) });
  await first.getByText("2.00 MB, 1 file").waitFor();
  await page.getByText("100 kB, 1 file").waitFor();
  await accessible(page, "usage by folder");
  await page.getByRole("button", { name: "Records" }).click();
  await page.getByRole("link", { name: "contact/42" }).waitFor();
  await page.getByText("500 kB, 1 file").waitFor();
  await accessible(page, "usage by record");
  await page.getByRole("button", { name: "Kinds" }).click();
  await page.getByRole("link", { name: "document" }).waitFor();
  await page.getByRole("link", { name: "other" }).click();
  await page.waitForURL("**/search?kind=other");
}
