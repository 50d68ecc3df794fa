// Which clips lie in this browser too? Those that were just sent from it: they can be shown while they are analysed.

class Local {
  private readonly urls = new Map<string, string>();

  keep(id: string, file: Blob): void {
    this.urls.set(id, URL.createObjectURL(file));
  }

  of(id: string): string | null {
    return this.urls.get(id) ?? null;
  }

  drop(id: string): void {
    const url = this.urls.get(id);
    if (url) URL.revokeObjectURL(url);
    this.urls.delete(id);
  }
}

export const local = new Local();
