// Reads PDFs in a worker of its own. Nothing in them runs: no scripts, no forms, no fetching from elsewhere.
import { getDocument, GlobalWorkerOptions, type PDFDocumentLoadingTask } from "pdfjs-dist";
import Reader from "pdfjs-dist/build/pdf.worker.min.mjs?worker";

let reader: Worker | null = null;

/** Opens the PDF at an address. Only the pieces that are drawn are fetched. */
export function openPdf(address: string): PDFDocumentLoadingTask {
  reader ??= new Reader();
  GlobalWorkerOptions.workerPort = reader;
  return getDocument({
    url: address,
    withCredentials: true,
    isEvalSupported: false,
    useWasm: false,
    enableXfa: false,
    stopAtErrors: false,
    disableAutoFetch: true,
    disableStream: true,
    useSystemFonts: true,
  });
}
