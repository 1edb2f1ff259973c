function calls.append()
  return write_entry(ARGV[2], ARGV[3], ARGV[4])
end
