import { FileList } from "./FileList";

export function PublicFiles({ editor }: { editor: boolean }) {
  return (
    <>
      <p className="quiet">
        {editor
          ? "What everybody sees. As an editor you look after it."
          : "What everybody sees, guests too. Editors look after it."}
      </p>
      <FileList folder="public/" writable={editor} empty="No editor has put anything up yet." />
    </>
  );
}
