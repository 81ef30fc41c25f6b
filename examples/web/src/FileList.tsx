import { Button } from "@aws-amplify/ui-react";
import { downloadData, list, remove, uploadData } from "aws-amplify/storage";
import { type ChangeEvent, useCallback, useEffect, useState } from "react";

import { useAction } from "./useAction";

interface Props {
  /** The folder's prefix, ending in a slash. */
  folder: string;
  writable: boolean;
  empty: string;
}

/** The files of one folder: upload with progress, list, download, delete. */
export function FileList({ folder, writable, empty }: Props) {
  const [files, setFiles] = useState<{ path: string; size?: number }[]>();
  const [progress, setProgress] = useState<number>();
  const { run, problem, busy } = useAction();

  const refresh = useCallback(async () => {
    const { items } = await list({ path: folder, options: { listAll: true } });
    setFiles(items);
  }, [folder]);
  useEffect(() => {
    void run(refresh);
  }, [refresh]);

  async function upload(event: ChangeEvent<HTMLInputElement>) {
    const input = event.target;
    const file = input.files?.[0];
    if (!file) return;
    await run(async () => {
      setProgress(0);
      await uploadData({
        path: folder + file.name,
        data: file,
        options: {
          contentType: file.type || undefined,
          onProgress: ({ transferredBytes, totalBytes }) =>
            setProgress(totalBytes ? Math.round((100 * transferredBytes) / totalBytes) : 0),
        },
      }).result;
      await refresh();
    });
    input.value = "";
  }

  async function download(path: string) {
    await run(async () => {
      const { body } = await downloadData({ path }).result;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await body.blob());
      link.download = path.slice(folder.length);
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  return (
    <section>
      {writable && (
        <label className="upload">
          Upload a file <input type="file" onChange={upload} disabled={busy} />
          {progress !== undefined && <progress value={progress} max={100} aria-label="Upload" />}
          {progress !== undefined && <span>{progress} %</span>}
        </label>
      )}
      {problem && <p role="alert">{problem}</p>}
      {files?.length === 0 && <p className="quiet">{empty}</p>}
      <ul className="rows">
        {files?.map(({ path, size }) => (
          <li key={path}>
            <span className="grow">{path.slice(folder.length)}</span>
            <span className="quiet">{size ?? 0} bytes</span>
            <Button size="small" onClick={() => download(path)}>
              Download
            </Button>
            {writable && (
              <Button
                size="small"
                variation="destructive"
                onClick={() =>
                  run(async () => {
                    await remove({ path });
                    await refresh();
                  })
                }
              >
                Delete
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
