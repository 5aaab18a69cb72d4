// Contents of each kind that has a preview. All are small and made here, except the film.
import { readFileSync } from "node:fs";

/** A PDF with one line of text on each page. */
export function pdf(...lines) {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>"];
  const kids = lines.map((_, index) => `${4 + index * 2} 0 R`);
  objects.push(`<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${lines.length} >>`);
  objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  for (const line of lines) {
    const text = `BT /F1 20 Tf 60 760 Td (${line.replace(/[\\()]/g, "\\$&")}) Tj ET`;
    const page = objects.length + 1;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${page + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
    );
    objects.push(`<< /Length ${text.length} >>\nstream\n${text}\nendstream`);
  }
  let out = "%PDF-1.7\n";
  const places = objects.map((object, index) => {
    const place = out.length;
    out += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const start = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  out += places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}

/** A second of a tone. */
export function wav(hertz = 440) {
  const rate = 8000;
  const out = Buffer.alloc(44 + rate);
  out.write("RIFF", 0);
  out.writeUInt32LE(36 + rate, 4);
  out.write("WAVEfmt ", 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate, 28);
  out.writeUInt16LE(1, 32);
  out.writeUInt16LE(8, 34);
  out.write("data", 36);
  out.writeUInt32LE(rate, 40);
  for (let i = 0; i < rate; i++) out[44 + i] = 128 + Math.round(60 * Math.sin((2 * Math.PI * hertz * i) / rate));
  return out;
}

/** A second of film: a ball that crosses the picture (WebM, VP8). */
export const film = readFileSync(new URL("media/clip.webm", import.meta.url));

/** A picture as PNG, drawn by the browser: a landscape in the colours of `hue`. */
export async function png(browser, hue = 210, width = 640, height = 480) {
  const page = await browser.newPage();
  const url = await page.evaluate(
    ([hue, width, height]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const draw = canvas.getContext("2d");
      const sky = draw.createLinearGradient(0, 0, 0, height);
      sky.addColorStop(0, `hsl(${hue} 70% 45%)`);
      sky.addColorStop(1, `hsl(${(hue + 40) % 360} 80% 85%)`);
      draw.fillStyle = sky;
      draw.fillRect(0, 0, width, height);
      draw.fillStyle = `hsl(${(hue + 180) % 360} 80% 75%)`;
      draw.beginPath();
      draw.arc(width * 0.7, height * 0.3, height * 0.1, 0, 7);
      draw.fill();
      for (const [base, light] of [[0.62, 42], [0.74, 32], [0.86, 22]]) {
        draw.fillStyle = `hsl(${hue} 35% ${light}%)`;
        draw.beginPath();
        draw.moveTo(0, height);
        for (let x = 0; x <= width; x += 8) {
          draw.lineTo(x, height * base + Math.sin(x / (50 + 90 * base) + base * 20) * height * 0.07);
        }
        draw.lineTo(width, height);
        draw.fill();
      }
      return canvas.toDataURL("image/png");
    },
    [hue, width, height],
  );
  await page.close();
  return Buffer.from(url.split(",")[1], "base64");
}

/** Bytes that are the same for the same seed, and compress badly. */
export function noise(length, seed = 1) {
  const out = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    out[i] = state & 255;
  }
  return out;
}

export const TEXT = "Minutes of the meeting\n\n1. The lease is signed.\n2. The deposit arrives on Friday.\n";
export const CSV = "invoice,customer,amount,paid\n2026-001,Acme,1200.50,yes\n2026-002,\"Blue, Green & Co\",310.00,no\n2026-003,Cedar,89.90,yes\n";
export const MARKDOWN = "# Onboarding\n\nWhat a new customer **needs**:\n\n- a signed contract\n- a passport scan\n\n| step | who |\n|---|---|\n| contract | sales |\n| passport | support |\n";
