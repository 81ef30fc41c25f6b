import { FileList } from "./FileList";

export function PrivateFiles({ owner }: { owner: string }) {
  return (
    <>
      <p className="quiet">
        Your own folder, <code>private/{owner}/</code>. Nobody else's credentials open it, an editor's neither.
      </p>
      <FileList folder={`private/${owner}/`} writable empty="Nothing here yet." />
    </>
  );
}
