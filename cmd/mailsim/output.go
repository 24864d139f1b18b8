package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is a file that appears under its name only when it is complete.
// Something that is there and no ordinary file, such as /dev/stderr or a named
// pipe, is written in place.
type output struct {
	name string
	file *os.File
	temp bool
}

// createOutput makes sure that name can be written, before the work is done.
func createOutput(name string) (*output, error) {
	if name == "" {
		return nil, errors.New("the name of the file is empty")
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory", name)
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &output{name: name, file: f}, nil
	}
	// A link is followed, so that it stays one.
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", name, err)
	}
	return &output{name: name, file: f, temp: true}, nil
}

// commit writes the content and puts the file in its place.
func (o *output) commit(write func(io.Writer) error) error {
	if err := write(o.file); err != nil {
		return fmt.Errorf("write %s: %w", o.name, err)
	}
	if !o.temp {
		return o.file.Close()
	}
	// CreateTemp makes private files; a report is as public as any other file.
	if err := o.file.Chmod(0o644); err != nil {
		return fmt.Errorf("write %s: %w", o.name, err)
	}
	if err := o.file.Close(); err != nil {
		return fmt.Errorf("write %s: %w", o.name, err)
	}
	if err := os.Rename(o.file.Name(), o.name); err != nil {
		return err
	}
	o.temp = false
	return nil
}

// abort removes what commit has not put in place; after commit it does nothing.
func (o *output) abort() {
	_ = o.file.Close() // closed already, or of no use
	if o.temp {
		_ = os.Remove(o.file.Name())
	}
}
